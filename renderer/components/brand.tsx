/** The mark: the annex beside the main house, and the product's name. */
export function Brand({ name }: Readonly<{ name: string }>) {
  return (
    <span className="brand">
      <svg className="brand__mark" viewBox="0 0 32 24" width="32" height="24" aria-hidden="true">
        <path d="M1.5 11 10.5 3.5 19.5 11M4 9.5V21h13V9.5" />
        <path d="M20.5 15.5 25.5 11 30.5 15.5M22.5 14.5V21h6v-6.5" />
      </svg>
      {name}
    </span>
  );
}
