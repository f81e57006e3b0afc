import type { Feature } from '@/platform/feature';

/** Every module's screens. One line per module. */
export const features = {} satisfies Record<string, Feature>;
