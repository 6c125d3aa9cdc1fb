/** An output of a job, at a presigned URL of Adobe's storage. */
export const file = (source: string) => ({
  source,
  destination: { url: `https://host.blob.core.windows.net/${source}?sig=1` },
});
