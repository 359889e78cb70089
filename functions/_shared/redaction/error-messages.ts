/** The part of a record that has errors: the call's own and that of each attempt. */
interface WithErrors {
  error?: { message: string } | null | undefined;
  attempts?: { error?: { message: string } | null | undefined }[] | undefined;
}

/** As long as a record's message may be. */
const longest = 8192;

/** The error messages of a record, the call's own first; '' where there is none. */
export function messagesOf({ error, attempts = [] }: WithErrors): string[] {
  return [error, ...attempts.map((attempt) => attempt.error)].map((each) => each?.message ?? '');
}

/** A record with other error messages, in the order in which `messagesOf` gives them. */
export function withMessages<Facts extends WithErrors>(facts: Facts, messages: string[]): Facts {
  const put = <Failed extends { message: string }>(error: Failed, index: number): Failed => ({
    ...error,
    message: (messages[index] ?? '').slice(0, longest),
  });
  const { error, attempts } = facts;
  return {
    ...facts,
    ...(error && { error: put(error, 0) }),
    ...(attempts && {
      attempts: attempts.map((attempt, index) => ({
        ...attempt,
        ...(attempt.error && { error: put(attempt.error, index + 1) }),
      })),
    }),
  };
}
