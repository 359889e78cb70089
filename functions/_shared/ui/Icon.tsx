const paths = {
  send: 'M8 13.5v-11M3.5 7 8 2.5 12.5 7',
  down: 'M8 2.5v11M3.5 9 8 13.5 12.5 9',
  again: 'M13 8a5 5 0 1 1-1.6-3.7M13 2.2v2.9h-2.9',
  edit: 'M10.8 3 13 5.2 5.6 12.6l-3 .8.8-3z',
  away: 'M6 3H3v10h10v-3M9 3h4v4M13 3 7.5 8.5',
  warning: 'M8 2 14.5 13.5h-13zM8 6.5v3M8 11.5v.1',
  copy: 'M5.5 5.5h7.3v7.8H5.5zM10.4 5.4V2.7H3.2v7.9h2.2',
  done: 'm3 8.5 3.2 3.2L13 4.8',
  cross: 'm4 4 8 8M12 4l-8 8',
  only: 'M2.5 3.5h11L9.5 8.5v4l-3-1.5v-2.5z',
} as const;

export function Icon({
  name,
  className = 'size-3.5',
}: {
  name: keyof typeof paths;
  className?: string;
}) {
  return (
    <svg
      viewBox="0 0 16 16"
      className={`shrink-0 ${className}`}
      fill="none"
      stroke="currentColor"
      strokeWidth="1.4"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden
    >
      <path d={paths[name]} />
    </svg>
  );
}
