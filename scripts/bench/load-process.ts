import { type LoadOrder, runLoad } from './load.ts';

/** The load's own process: takes one order at a time by IPC and answers with its report. */
process.on('message', (order: LoadOrder) => {
  runLoad(order).then(
    (report) => process.send?.({ report }),
    (error: Error) => process.send?.({ error: error.stack ?? error.message }),
  );
});
process.on('disconnect', () => process.exit(0));
process.send?.({ port: 0 });
