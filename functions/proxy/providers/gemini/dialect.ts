/** Where Google's two doors to Gemini differ: AI Studio's and Vertex AI's. */
export interface Dialect {
  /** LiteLLM's name, for errors. */
  provider: string;
  /** Whether calls and results are matched by ids; Vertex refuses the member. */
  hasCallIds: boolean;
  /** Whether `serviceTier` is a member of the request. */
  hasServiceTier: boolean;
}
