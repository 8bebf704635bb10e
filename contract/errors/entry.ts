export type Language = 'ja' | 'en';
export type Text = Readonly<Record<Language, string>>;
export type CatalogueEntry = Readonly<{
  code: `${number}`;
  /** One short sentence: what happened. The largest text of the screen. */
  title: Text;
  /** Why, for a person who wants to know more and for the helpdesk. May hold {placeholders} of the details. */
  cause: Text;
  /** What the staff member does next. */
  user: Text;
  /** What the helpdesk checks or does. */
  helpdesk: Text;
  /** Whether trying again at once can help: decides which button is the primary one. */
  retry: boolean;
}>;
