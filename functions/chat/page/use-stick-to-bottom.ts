import { useCallback, useLayoutEffect, useRef, useState } from 'react';

/** This near to the end counts as being there. */
const nearPixels = 48;

/**
 * Keeps a scrolling box at its end while its content grows, until the person scrolls up; takes it
 * up again when they come back to the end.
 */
export function useStickToBottom() {
  const box = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const sticks = useRef(true);
  const [isAtBottom, setIsAtBottom] = useState(true);

  const toBottom = useCallback(() => {
    sticks.current = true;
    setIsAtBottom(true);
    if (box.current) box.current.scrollTop = box.current.scrollHeight;
  }, []);

  useLayoutEffect(() => {
    const scroller = box.current;
    if (!scroller || !content.current) return;
    let lastTop = scroller.scrollTop;
    const onScroll = () => {
      const { scrollTop, scrollHeight, clientHeight } = scroller;
      // Growth alone takes the end away as well, so only a way up is taken for the person's wish.
      if (scrollHeight - scrollTop - clientHeight <= nearPixels) sticks.current = true;
      else if (scrollTop < lastTop) sticks.current = false;
      lastTop = scrollTop;
      setIsAtBottom(sticks.current);
    };
    const onResize = () => {
      if (sticks.current) scroller.scrollTop = scroller.scrollHeight;
    };
    const observer = new ResizeObserver(onResize);
    observer.observe(scroller);
    observer.observe(content.current);
    scroller.addEventListener('scroll', onScroll, { passive: true });
    return () => {
      observer.disconnect();
      scroller.removeEventListener('scroll', onScroll);
    };
  }, []);

  return { box, content, isAtBottom, toBottom };
}
