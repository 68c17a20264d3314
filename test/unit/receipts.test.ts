import { LIMITS } from '../../src/contracts/actor';
import { ReceiptBook } from '../../src/domain/actor/receipts';

it('remembers the reply to each request, and knows none that was not kept', () => {
  const book = new ReceiptBook();
  book.keep('a', { seq: 1 });

  expect(book.get('a')).toEqual({ seq: 1 });
  expect(book.get('b')).toBeUndefined();
});

it(`remembers the last ${LIMITS.receipts}, the oldest forgotten first`, () => {
  const book = new ReceiptBook();
  for (let n = 0; n < LIMITS.receipts + 3; n++) book.keep(`r${n}`, { seq: n });

  expect(book.carry()).toHaveLength(LIMITS.receipts);
  expect(book.get('r2')).toBeUndefined();
  expect(book.get('r3')).toEqual({ seq: 3 });
  expect(book.carry().map(([id]) => id)).toEqual(Array.from({ length: LIMITS.receipts }, (_, n) => `r${n + 3}`));
});

it('is the same after continue-as-new, order and bound included', () => {
  const book = new ReceiptBook();
  for (let n = 0; n < LIMITS.receipts; n++) book.keep(`r${n}`, { seq: n });

  const next = new ReceiptBook(JSON.parse(JSON.stringify(book.carry())) as ReturnType<typeof book.carry>);
  expect(next.carry()).toEqual(book.carry());
  next.keep('one more', { seq: 9_999 });
  expect(next.get('r0')).toBeUndefined();
  expect(next.get('r1')).toEqual({ seq: 1 });
});

it('keeps a receipt that is written again where it is', () => {
  const book = new ReceiptBook([
    ['a', { seq: 1 }],
    ['b', { seq: 2 }],
  ]);
  book.keep('a', { seq: 3 });

  expect(book.carry()).toEqual([
    ['a', { seq: 3 }],
    ['b', { seq: 2 }],
  ]);
});

it('is not confused by ids that are names of other things', () => {
  const book = new ReceiptBook();

  for (const id of ['__proto__', 'constructor', 'toString']) {
    expect(book.get(id)).toBeUndefined();
    book.keep(id, { id });
    expect(book.get(id)).toEqual({ id });
  }
});
