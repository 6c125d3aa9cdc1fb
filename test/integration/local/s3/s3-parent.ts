import { startS3 } from '#local/s3/start-s3.ts';

// Run as a process of its own, to be killed.
const server = await startS3({ bucket: 'stage-outputs' });
process.send?.(server.url);
