import { useQuery } from '@tanstack/react-query';
import { fetchApi } from '../../api/client.ts';

/** What an input looks like. */
export interface Preview {
  /** `blob:` address of the picture, possibly smaller than the input. */
  url: string;
  /** Size of the input itself, in pixels. */
  width: number;
  height: number;
}

const previewPixels = 640;
const storagePrefix = 'make/preview/';
const previews = new Map<string, Preview>();

/**
 * Keeps what a file looks like under the address that it was uploaded to: a small copy of it survives a reload.
 *
 * @returns undefined for what the browser cannot show
 */
export const rememberPreview = async (address: string, file: Blob): Promise<Preview | undefined> => {
  try {
    const bitmap = await createImageBitmap(file);
    const { width, height } = bitmap;
    const scale = Math.min(1, previewPixels / Math.max(width, height));
    const canvas = new OffscreenCanvas(Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale)));
    canvas.getContext('2d')?.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    bitmap.close();
    const small = await canvas.convertToBlob({ type: 'image/webp', quality: 0.8 });
    const preview = { url: URL.createObjectURL(small), width, height };
    previews.set(address, preview);
    await storePreview(address, small, { width, height });
    return preview;
  } catch {
    // A video, a document, or an image of a kind that browsers do not decode: it has a name and no picture.
    return undefined;
  }
};

const storePreview = async (address: string, picture: Blob, size: { width: number; height: number }): Promise<void> => {
  const bytes = new Uint8Array(await picture.arrayBuffer());
  const text = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
  try {
    sessionStorage.setItem(storagePrefix + address, JSON.stringify({ ...size, type: picture.type, text }));
  } catch {
    // The storage is full of other previews; this one lasts as long as the page.
  }
};

const loadPreview = (address: string): Preview | undefined => {
  const known = previews.get(address);
  if (known !== undefined) return known;
  const stored = sessionStorage.getItem(storagePrefix + address);
  if (stored === null) return undefined;
  const { width, height, type, text } = JSON.parse(stored);
  const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  const preview = { url: URL.createObjectURL(new Blob([bytes], { type })), width, height };
  previews.set(address, preview);
  return preview;
};

const jobOutput = /^job:([0-9a-f-]{36})\/(\d{1,3})$/;

/** What the input at an address looks like, as far as this browser knows or the gateway has it. */
export const usePreview = (address: string | undefined) =>
  useQuery({
    queryKey: ['preview', address],
    enabled: address !== undefined && address !== '',
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
    queryFn: async ({ signal }): Promise<Preview | null> => {
      const known = loadPreview(address ?? '');
      if (known !== undefined) return known;
      const [, jobId, index] = jobOutput.exec(address ?? '') ?? [];
      if (jobId === undefined) return null;
      const answer = await fetchApi(`/jobs/${jobId}/outputs/${index}`, { headers: { accept: 'image/*' }, signal });
      return (await rememberPreview(address ?? '', await answer.blob())) ?? null;
    },
  });
