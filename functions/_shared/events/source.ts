/** Whether an event is the proxy's own, of whatever revision (`/tallygate/proxy/<revision>`). */
export const isFromProxy = (source: string): boolean => source.startsWith('/tallygate/proxy/');
