import type { Random } from './random.ts';

const tasks = [
  'Summarise the ticket below in two sentences.',
  'Translate the following to German and keep the tone.',
  'Which of these reviews mention the delivery?',
  'Draft a polite reply to this customer.',
  'Extract every date and amount as JSON.',
  'Explain this stack trace to a new colleague.',
  'Classify this message as a question, a complaint or praise.',
];

const words =
  `account address after again agreement amount answer balance because before billing branch budget
  button cache cancel card carrier change charge city client code color company complaint contract
  country coupon credit customer damage data date days deadline delay delivery deposit detail device
  difference discount document double dollar draft driver during early email engine error estimate
  evening every exchange export failure february figure filter final first format freight friday
  general guarantee handling header history hotel hour however import index input insurance invoice
  item january journal keep key label language late ledger letter level limit line list login machine
  manual market measure member message method minute model monday money month morning name network
  never note number office online open order output package page paper parcel partner password
  payment percent phone picture plan please policy postal price printer problem process product
  profile promise purchase quality quantity question queue reason receipt record refund region
  replacement report request response result return review row rule saturday schedule screen search
  second sender server service session setting shipment shop signature size software sometimes stock
  storage street subject sunday supplier support system table tariff tax team terms text thursday
  ticket time title today token total tracking transfer tuesday update upload user value vendor version
  voucher wait warehouse warranty website wednesday week weight window word yesterday zone`.split(
    /\s+/,
  );

/** Text of about that many characters: common words often, rare ones and numbers now and then. */
function prose(random: Random, length: number): string {
  let text = '';
  let inSentence = 0;
  while (text.length < length) {
    const index = Math.floor(random.next() ** 2 * words.length);
    const word = random.chance(0.03)
      ? `${random.hex(2).toUpperCase()}-${random.between(1000, 999_999)}`
      : (words[index] as string);
    text += text === '' ? word : ` ${word}`;
    if (++inSentence > 6 && random.chance(0.15)) {
      text += random.chance(0.2) ? '.\n\n' : '.';
      inSentence = 0;
    }
  }
  return `${text}.`;
}

/** The median of a log-normal distribution with this mean. */
const medianOf = (mean: number, sigma: number) => mean / Math.exp(sigma ** 2 / 2);

export function promptText(random: Random, length: number): string {
  const task = tasks[random.between(0, tasks.length - 1)] as string;
  return `${task}\n\n${prose(random, random.around(medianOf(length, 0.5), 0.5))}`;
}

export function completionText(random: Random, length: number): string {
  return prose(random, random.around(medianOf(length, 0.6), 0.6));
}
