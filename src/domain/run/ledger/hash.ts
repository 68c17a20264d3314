/**
 * The hashes of a run's ledger (digest §4.1): BLAKE3-256 over canonical JSON, which is compact, keeps nulls, leaves out what is undefined, and has the keys of all objects in the
 * order of their UTF-8 bytes. Pure JavaScript, so that workflows may use it.
 */
import { blake3 } from '@noble/hashes/blake3';
import { bytesToHex, hexToBytes, utf8ToBytes } from '@noble/hashes/utils';
import { byCodePoint, canonicalJson } from '../../canonical-json';

/** The text that is hashed, signed and shown in exports. */
export const ledgerJson = (value: unknown): string => canonicalJson(value, byCodePoint);

/** BLAKE3-256 of a text's UTF-8, as 64 hex digits. */
export const hashOfText = (text: string): string => bytesToHex(blake3(utf8ToBytes(text)));

/** BLAKE3-256 of the bytes that hex digits spell. */
export const hashOfHex = (...hex: readonly string[]): string => bytesToHex(blake3(hexToBytes(hex.join(''))));

export const contentHash = (value: unknown): string => hashOfText(ledgerJson(value));
