/** What is printed reads as the same script, whatever the script. */
import fc from 'fast-check';
import { checkScript } from '../../../src/domain/script/check/check-script';
import { parseScript } from '../../../src/domain/script/syntax/parse';
import { printScript } from '../../../src/domain/script/syntax/print';
import { arbitraryScript } from './arbitrary-script';
import { INVOICE } from './invoice';

/** Places say where something stood, and are no part of what it says. */
const unplaced = (value: unknown): unknown => JSON.parse(JSON.stringify(value, (key, inner: unknown) => (key === 'at' ? undefined : inner)));

it('takes the invoice example as it stands, and prints it so', () => {
  const { script, diagnostics, tools } = checkScript(INVOICE);

  expect(diagnostics).toEqual([]);
  expect(tools).toEqual([]);
  expect(script).toMatchObject({ name: 'invoice-parser', version: '0.1.0' });
  expect(printScript(script)).toBe(INVOICE);
});

it('reads what it prints as the same script', () => {
  fc.assert(
    fc.property(arbitraryScript, (script) => {
      const { script: read, diagnostics } = parseScript(printScript(script));
      expect(diagnostics).toEqual([]);
      expect(unplaced(read)).toEqual(unplaced(script));
    }),
    { numRuns: 150 },
  );
}, 60_000);

it('prints a script that was printed before as it was', () => {
  fc.assert(
    fc.property(arbitraryScript, (script) => {
      const printed = printScript(script);
      expect(printScript(parseScript(printed).script)).toBe(printed);
    }),
    { numRuns: 100 },
  );
}, 60_000);
