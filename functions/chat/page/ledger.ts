/** The page as a sheet of ledger paper: a column of text and, where there is room, one of amounts. */
export const ledger = {
  row: 'mx-auto grid w-full max-w-5xl lg:grid-cols-[minmax(0,1fr)_14rem]',
  text: 'min-w-0 px-4 sm:px-6',
  margin: 'min-w-0 px-4 sm:px-6 lg:border-l-3 lg:border-double lg:border-line lg:px-4',
} as const;
