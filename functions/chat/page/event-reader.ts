/** One server-sent event, with its data as the text that it came as. */
export interface ReceivedEvent {
  name: string;
  data: string;
}

/**
 * Cuts a stream's text into server-sent events, wherever the network cut it. It knows the events
 * that our own function writes: lines that end with LF, one line of data each.
 */
export function createEventReader() {
  let pending = '';
  return {
    push(text: string): ReceivedEvent[] {
      pending += text;
      const blocks = pending.split('\n\n');
      pending = blocks.pop() ?? '';
      return blocks.map(eventIn);
    },
  };
}

function eventIn(block: string): ReceivedEvent {
  const event = { name: 'message', data: '' };
  for (const line of block.split('\n')) {
    if (line.startsWith('event: ')) event.name = line.slice('event: '.length);
    else if (line.startsWith('data: ')) event.data = line.slice('data: '.length);
  }
  return event;
}
