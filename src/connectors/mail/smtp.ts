import type { Mail, Mailer } from "#domain/mail.ts";

export interface SmtpOptions {
  /** `smtp://user:password@host:587`, or `smtps://…:465`. */
  url: string;
  /** Whom mails come from, such as `Switchyard <orders@example.org>`. */
  from: string;
}

const loopback = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/** Mails by SMTP. Off this machine only over TLS: a password link in the clear would be anybody's. The library is loaded with the first mail. */
export function smtpMailer({ url, from }: SmtpOptions): Mailer {
  const { hostname, protocol } = new URL(url);
  return {
    async send({ to, subject, text }: Mail) {
      const { createTransport } = await import("nodemailer");
      const transport = createTransport({
        url,
        requireTLS: protocol === "smtp:" && !loopback.test(hostname),
        connectionTimeout: 10_000,
        greetingTimeout: 10_000,
        socketTimeout: 20_000,
        disableFileAccess: true,
        disableUrlAccess: true,
      });
      try {
        await transport.sendMail({ from, to: { name: "", address: to }, subject, text });
      } finally {
        transport.close();
      }
    },
  };
}
