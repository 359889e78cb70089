import { isMainThread } from 'node:worker_threads';

// Preloaded into every part that `npm start` runs. The parent holds the other end of standard
// input; when it is gone, even by kill -9, the pipe closes and the part drains and ends. Worker
// threads are preloaded too, and their standard input is closed from the start.
if (isMainThread) {
  const end = () => process.kill(process.pid, 'SIGTERM');
  process.stdin.on('end', end).on('error', end).resume();
}
