import { expect, test } from 'vitest';
import { createSigner } from './signature.ts';

/** Of AWS's published test suite (aws-sig-v4-test-suite), all but the requests under test. */
const credentials = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
};
const sign = createSigner({ region: 'us-east-1', service: 'service' });
const now = new Date('2015-08-30T12:36:00Z');
const get = {
  method: 'GET',
  host: 'example.amazonaws.com',
  path: '/',
  headers: {} as Record<string, string>,
  body: '',
};
const form = { 'content-type': 'application/x-www-form-urlencoded' };
const sessionToken =
  'AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRqTflfKD8YUuwthAx7mSEI/qkPpKPi/kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQcHNVXAkiY9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+scqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/oLxBA==';

test.each([
  [
    'get-vanilla',
    get,
    'host;x-amz-date',
    '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31',
  ],
  [
    'get-vanilla-query-order-key-case',
    { ...get, path: '/?Param2=value2&Param1=value1' },
    'host;x-amz-date',
    'b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500',
  ],
  [
    'get-utf8',
    { ...get, path: '/ሴ' },
    'host;x-amz-date',
    '8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85',
  ],
  [
    'get-header-value-trim',
    { ...get, headers: { 'my-header1': ' value1', 'my-header2': ' "a   b   c"' } },
    'host;my-header1;my-header2;x-amz-date',
    'acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736',
  ],
  [
    'post-vanilla',
    { ...get, method: 'POST' },
    'host;x-amz-date',
    '5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b',
  ],
  [
    'post-x-www-form-urlencoded',
    { ...get, method: 'POST', headers: form, body: 'Param1=value1' },
    'content-type;host;x-amz-date',
    'ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a',
  ],
])('%s', (_name, request, signedHeaders, signature) => {
  const { authorization } = sign(request, credentials, now);
  expect(authorization).toBe(
    `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=${signedHeaders}, Signature=${signature}`,
  );
});

test('post-sts-header-before: the session is signed as well', () => {
  const request = { ...get, method: 'POST' };
  const headers = sign(request, { ...credentials, sessionToken }, now);
  expect(headers).toMatchObject({
    'x-amz-date': '20150830T123600Z',
    'x-amz-security-token': sessionToken,
    authorization: expect.stringContaining(
      'SignedHeaders=host;x-amz-date;x-amz-security-token, Signature=85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead',
    ),
  });
});

/** The signature is that of AWS's own signer, @smithy/signature-v4, for the same request. */
test('what is encoded on the wire is signed encoded twice, as Bedrock wants model ids', () => {
  const path =
    '/model/arn%3Aaws%3Abedrock%3Aus-east-1%3A123456789012%3Ainference-profile%2Fx/converse';
  const { authorization } = sign({ ...get, method: 'POST', path }, credentials, now);
  expect(authorization).toContain(
    'Signature=33455667f168d704ce3e12c8afd631daf2be9a85bbd77ea7686cf26de8a2c900',
  );
});

test('the key is kept for the day and the secret that it is of', () => {
  const other = { accessKeyId: 'AKIDOTHER', secretAccessKey: 'other' };
  const tomorrow = new Date('2015-08-31T12:36:00Z');
  const given = [
    [credentials, now],
    [other, now],
    [credentials, tomorrow],
    [credentials, now],
  ] as const;
  const anew = () => createSigner({ region: 'us-east-1', service: 'service' });
  expect(given.map(([keys, at]) => sign(get, keys, at))).toEqual(
    given.map(([keys, at]) => anew()(get, keys, at)),
  );
});

/** As above: `=` comes after `-` in ASCII, and yet `a=1` before `a-b=1`. */
test('the query is signed in the order of its names, then of its values', () => {
  const { authorization } = sign({ ...get, path: '/?a-b=1&a=2&a=1' }, credentials, now);
  expect(authorization).toContain(
    'Signature=c55a4bf05f068bf43585bea6cee5249a0f9f645d92763c513e8e1d19cd97f237',
  );
});
