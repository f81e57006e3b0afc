/** The tax that most goods have: the standard rate where the shop has one of that name, never simply the first in the alphabet. */
export function usualTax(codes: readonly { code: string }[]): string {
	return (codes.find((tax) => tax.code === 'standard') ?? codes[0])?.code ?? '';
}
