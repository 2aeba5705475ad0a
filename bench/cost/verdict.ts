/** "within 500 ns", or by how much it is missed. */
export function verdictOf(value: number, budget: number, unit: string): string {
  if (value <= budget) return `within ${budget} ${unit}`;
  return `${budget} ${unit} missed by ${figure(value - budget)} ${unit}`;
}

/** A number in as many digits as a measurement is good for. */
export function figure(value: number): string {
  return value < 100 ? value.toPrecision(2) : Math.round(value).toLocaleString("en");
}
