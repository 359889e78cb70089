/** What genai-prices calls the providers that LiteLLM, and with it `config.yaml`, calls otherwise. */
const listedNames: Record<string, string> = {
  together_ai: 'together',
  fireworks_ai: 'fireworks',
  xai: 'x-ai',
  cohere_chat: 'cohere',
  gemini: 'google',
  vertex_ai: 'google',
  vertex_ai_beta: 'google',
  bedrock: 'aws',
  bedrock_converse: 'aws',
};

export const listedName = (provider: string) => listedNames[provider] ?? provider;
