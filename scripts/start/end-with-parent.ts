// Preloaded into every part that `npm start` runs. The parent holds the other end of standard
// input; when it is gone, even by kill -9, the pipe closes and the part drains and ends.
process.stdin.on('end', () => process.kill(process.pid, 'SIGTERM'));
process.stdin.on('error', () => process.kill(process.pid, 'SIGTERM'));
process.stdin.resume();
process.stdin.unref?.();
