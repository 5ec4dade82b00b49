/** A mail to one person, as plain text. */
export interface Mail {
  to: string;
  subject: string;
  text: string;
}

/** How mails leave. Fails when the mail server did not take it. */
export interface Mailer {
  send(mail: Mail): Promise<void>;
}
