/** Where an item's picture is. Its id is made of its content, so that browsers keep it for good. */
export const pictureAt = (id: string | null | undefined, size: 'small' | 'large' = 'small'): string | undefined => (id ? `/api/pictures/${id}/${size}` : undefined);
