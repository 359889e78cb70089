export const streamHeaders = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache',
  // Keeps nginx and its kin from holding a stream back.
  'x-accel-buffering': 'no',
};
