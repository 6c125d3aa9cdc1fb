import * as z from 'zod';
import { once } from '../../../once.ts';

/** An engine of Content Tagging. */
export interface Engine {
  title: string;
  /** Builds the schema of its parameters, each with its limits. */
  params(): z.ZodObject;
  /** What its documents may be (Adobe: `dc:format`). */
  formats: readonly string[];
  /** Whether a document has to say what it is. */
  requiresFormat: boolean;
  /** How long it may take to answer, in seconds (Adobe: `wait` in the examples). */
  waitSeconds: number;
}

const share = once(() => z.number().min(0).max(1));
const count = once(() => z.int().min(0));
// Adobe names them numbers, and writes True and False.
const flag = once(() => z.union([z.boolean(), z.literal([0, 1])]));
const applicationId = once(() => z.string());

const imageFormats = ['image/jpeg', 'image/jpg', 'image/png', 'image/tiff'];

const keywords: Engine = {
  title: 'keywords of a text',
  params: once(() =>
    z.strictObject({
      'application-id': applicationId(),
      top_n: count().optional(),
      min_relevance: share().optional(),
      min_key_phrase_length: z.int().min(1).optional(),
      max_key_phrase_length: z.int().min(1).optional(),
      last_semantic_unit_type: z.enum(['key_phrase', 'linked_entity', 'concept']).optional(),
      entity_types: z.array(z.string()).optional(),
    }),
  ),
  formats: [
    'text/plain',
    'application/pdf',
    'text/pdf',
    'text/html',
    'text/rtf',
    'application/rtf',
    'application/msword',
    'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
    'application/mspowerpoint',
    'application/vnd.ms-powerpoint',
    'application/vnd.openxmlformats-officedocument.presentationml.presentation',
  ],
  requiresFormat: true,
  waitSeconds: 59,
};

const colors: Engine = {
  title: 'colours of an image',
  params: once(() =>
    z.strictObject({
      'application-id': applicationId().optional(),
      top_n: count().optional(),
      min_coverage: share().optional(),
      resize_image: flag().optional(),
      enable_mask: flag().optional(),
      retrieve_tone: flag().optional(),
    }),
  ),
  formats: imageFormats,
  requiresFormat: true,
  waitSeconds: 59,
};

const characters: Engine = {
  title: 'text in an image',
  params: once(() =>
    z.strictObject({
      'application-id': applicationId().optional(),
      correct_with_dictionary: flag().optional(),
      filter_with_dictionary: flag().optional(),
      min_probability: share().optional(),
      min_relevance: share().optional(),
    }),
  ),
  formats: imageFormats,
  requiresFormat: false,
  waitSeconds: 120,
};

/** The engines by their names (Adobe: the guides of Content Tagging). */
export const engines: Readonly<Record<string, Engine>> = {
  'Feature:cintel-ner:Service-1e9081c865214d1e8bace51dd918b5c0': keywords,
  'Feature:autocrop:Service-af865523d46547e2b17fdf9b38e32a72': colors,
  'Feature:cintel-object-detection:Service-b9ace8b348b6433e9e7d82371aa16690': characters,
};

/** How engines are named; Adobe gives some organizations their own. */
export const engineName = once(() =>
  z.string().regex(/^Feature:[a-z0-9-]+:Service-[0-9a-f]{32}$/, {
    error: 'value is not an engine such as Feature:autocrop:Service-<32 hexadecimal digits>',
  }),
);

/** The engine of a name; undefined if Adobe does not document it. */
export const findEngine = (name: unknown): Engine | undefined =>
  typeof name === 'string' && Object.hasOwn(engines, name) ? engines[name] : undefined;
