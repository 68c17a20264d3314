/** The formats of texts, as JSON Schema names them. */
import { z } from 'zod';
import type { ValueSchema } from '../../../contracts/pattern/value-schema';

const FORMATS: Readonly<Record<NonNullable<ValueSchema['format']>, z.ZodType>> = {
  email: z.email().max(320),
  uri: z.string().max(8_192).regex(/^[A-Za-z][A-Za-z0-9+.-]*:[^\s<>"{}|\\^`]+$/), // prettier-ignore
  date: z.iso.date(),
  'date-time': z.iso.datetime({ offset: true }),
  uuid: z.guid(),
};

export const hasFormat = (format: NonNullable<ValueSchema['format']>, text: string): boolean => text.length <= 8_192 && FORMATS[format].safeParse(text).success;
