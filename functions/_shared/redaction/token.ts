import { byPattern, type Detector } from './detector.ts';

/**
 * Keys and tokens by the marks that their issuers gave them. Each begins where no letter or digit
 * stands before it, so that `task-…` holds no `sk-…`.
 */
const shapes = [
  // OpenAI, Anthropic, OpenRouter, LiteLLM and our own: with a digit, which words lack.
  /sk-(?=[\w-]{0,64}\d)[\w-]{16,}/,
  // Stripe
  /(?:sk|rk|pk)_(?:live|test)_[A-Za-z\d]{16,}|whsec_[A-Za-z\d+/]{24,}/,
  // AWS
  /(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}(?![A-Z\d])/,
  // GitHub, GitLab
  /gh[pousr]_[A-Za-z\d]{36,}|github_pat_\w{22,}|gl(?:pat|dt|rt|cbt|ptt|ft|soat)-[\w-]{20,}/,
  // Slack
  /xox[a-z]-[A-Za-z\d-]{10,}|xapp-\d-[A-Za-z\d-]{10,}|hooks\.slack\.com\/services\/[\w/]{20,}/,
  // Google
  /AIza[\w-]{35}|ya29\.[\w-]{20,}|GOCSPX-[\w-]{20,}/,
  // JSON Web Tokens (RFC 7519), signed or not; an encrypted one has five parts (RFC 7516). Without
  // its bound the header would be scanned to the end of the text from each `-eyJ`.
  /eyJ[\w-]{8,1024}\.[\w-]{8,}(?:\.[\w-]*){1,3}/,
  // Hugging Face, Groq, xAI, Perplexity, Replicate
  /hf_[A-Za-z\d]{30,}|gsk_[A-Za-z\d]{40,}|xai-[A-Za-z\d]{40,}|pplx-[A-Za-z\d]{40,}|r8_[A-Za-z\d]{30,}/,
  // npm, PyPI, SendGrid, Twilio, DigitalOcean, Shopify
  /npm_[A-Za-z\d]{36}|pypi-[\w-]{50,}|SG\.[\w-]{22}\.[\w-]{43}|(?:SK|AC)[\da-f]{32}(?![\da-f])/,
  /do[opr]_v1_[\da-f]{64}|shp(?:at|ca|pa|ss)_[\dA-Fa-f]{32}/,
  // What stands after `Bearer` (RFC 6750).
  /(?<=[Bb]earer )(?=[\w.~+/-]{0,64}\d)[\w.~+/-]{20,}=*/,
];

/** A PEM private key (RFC 7468, OpenSSH, PGP); one that is cut off goes to the end of its text. */
const privateKey =
  /-----BEGIN (?:[A-Z\d]{1,16} ){0,3}PRIVATE KEY(?: BLOCK)?-----[\s\S]*?(?:-----END (?:[A-Z\d]{1,16} ){0,3}PRIVATE KEY(?: BLOCK)?-----|$)/;

const any = shapes.map(({ source }) => source).join('|');

export const findTokens: Detector = byPattern(
  new RegExp(`(?<![A-Za-z\\d])(?:${any})|${privateKey.source}`, 'g'),
);
