// Written by `npm run client` from the API's description; a test says when it is stale.

export interface paths {
  "/healthz": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** The process is alive */
    get: {
      parameters: { query?: never; header?: never; path?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { status: "ok" } } };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/readyz": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** The process can do its work: database, schema, clock; where it runs a gate, whether that answers */
    get: {
      parameters: { query?: never; header?: never; path?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: { "application/json": { status: "ok"; gate?: "there" | "away" } };
        };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/session": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** Who asks, in which workspace, and what they may do there */
    get: {
      parameters: { query?: never; header?: never; path?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: { "application/json": components["schemas"]["Session"] };
        };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/orders": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** Orders, newest received first unless sorted otherwise */
    get: {
      parameters: {
        query?: {
          /** Headlines, divided by commas */
          state?: string;
          channel?: string;
          supplier?: string;
          reason?: components["schemas"]["ReasonCode"];
          received_from?: string;
          /** Not included itself */
          received_to?: string;
          /** Words such as channel:ebay due:today supplier:"Blue Kestrel", and text. state: a state such as waiting, or several divided by commas; reason: a reason such as out_of_stock; channel: a channel's name or the beginning of it, its kind or its id; supplier: a supplier's name or the beginning of it, its kind or its id; country: a country of two letters, such as DE; sku: a SKU, exact; due: today, tomorrow, or a day such as 2026-11-22; received: today, or a day such as 2026-11-22; owner: me, none, or a member's id; is: late, snoozed, awake or not_told. Text is a number, channel order id, tracking number, supplier's order id or SKU, exact; or the beginning of a number, a name or a surname. Where more than 2,000 orders have the SKU or the name, 2,000 of them are searched: give more letters, or the number */
          q?: string;
          sort?: components["schemas"]["OrderSort"];
          /** `next` of the page before; absent: the first page */
          cursor?: string;
          limit?: number;
        };
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            "application/json": {
              orders: components["schemas"]["OrderRow"][];
              next: string | null;
              words: components["schemas"]["SearchWords"];
            };
          };
        };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    put?: never;
    /** Create an order by hand or from another system */
    post: {
      parameters: { query?: never; header?: never; path?: never; cookie?: never };
      requestBody: { content: { "application/json": components["schemas"]["NewOrder"] } };
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: { "application/json": { id: string; outcome: "created" | "existing" } };
        };
        201: {
          headers: { [name: string]: unknown };
          content: { "application/json": { id: string; outcome: "created" | "existing" } };
        };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/orders/counts": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** Orders by state and open holds by reason */
    get: {
      parameters: { query?: never; header?: never; path?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            "application/json": {
              total: number;
              by_state: { [name in components["schemas"]["Headline"]]: number };
              by_reason: { [name in components["schemas"]["ReasonCode"]]?: number };
            };
          };
        };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/orders/found": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** How many orders these words find */
    get: {
      parameters: {
        query?: {
          /** Words such as channel:ebay due:today supplier:"Blue Kestrel", and text. state: a state such as waiting, or several divided by commas; reason: a reason such as out_of_stock; channel: a channel's name or the beginning of it, its kind or its id; supplier: a supplier's name or the beginning of it, its kind or its id; country: a country of two letters, such as DE; sku: a SKU, exact; due: today, tomorrow, or a day such as 2026-11-22; received: today, or a day such as 2026-11-22; owner: me, none, or a member's id; is: late, snoozed, awake or not_told. Text is a number, channel order id, tracking number, supplier's order id or SKU, exact; or the beginning of a number, a name or a surname. Where more than 2,000 orders have the SKU or the name, 2,000 of them are searched: give more letters, or the number */
          q?: string;
        };
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: { "application/json": components["schemas"]["FoundCount"] };
        };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/orders/{id}": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** One order with everything of it */
    get: {
      parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Order"] } };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/orders/{id}/events": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** The trail of one order, newest first */
    get: {
      parameters: {
        query?: {
          /** `next` of the page before; absent: the first page */
          cursor?: string;
          limit?: number;
          /** Only what is about this line */
          line?: number;
        };
        header?: never;
        path: { id: string };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: { "application/json": { events: components["schemas"]["OrderEvent"][]; next: string | null } };
        };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/orders/{id}/release": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    /** Let an order go on: answers what a person may answer */
    post: {
      parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
      requestBody?: { content: { "application/json": { [name: string]: never } } };
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            "application/json": {
              order: components["schemas"]["OrderState"];
              still_open: components["schemas"]["ReasonCode"][];
            };
          };
        };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/orders/{id}/process": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    /** The same as release, as the button of a channel in review is called */
    post: {
      parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
      requestBody?: { content: { "application/json": { [name: string]: never } } };
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            "application/json": {
              order: components["schemas"]["OrderState"];
              still_open: components["schemas"]["ReasonCode"][];
            };
          };
        };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/orders/{id}/hold": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    /** Put an order on hold */
    post: {
      parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
      requestBody?: { content: { "application/json": { note?: string } } };
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: { "application/json": { order: components["schemas"]["OrderState"] } };
        };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/orders/{id}/unhold": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    /** Lift what a person held */
    post: {
      parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
      requestBody?: { content: { "application/json": { [name: string]: never } } };
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: { "application/json": { order: components["schemas"]["OrderState"] } };
        };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/orders/{id}/edit": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    /** Edit before placing: address, quantities, shipping method */
    post: {
      parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
      requestBody?: {
        content: {
          "application/json": {
            address?: components["schemas"]["NewAddress"];
            lines?: { line_no: number; quantity: number }[];
            shipping_method?: string;
          };
        };
      };
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: { "application/json": { order: components["schemas"]["OrderState"] } };
        };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/orders/{id}/cancel": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    /** Cancel all of it, or some units: at once where nobody placed it, else the supplier is asked */
    post: {
      parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
      requestBody?: { content: { "application/json": { lines?: { line_no: number; quantity: number }[] } } };
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            "application/json": {
              order: components["schemas"]["OrderState"];
              cancelled: { line_no: number; quantity: number }[];
              asked: { line_no: number; quantity: number }[];
            };
          };
        };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/orders/{id}/cancellations/{no}/accept": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    /** Accept a buyer's wish to cancel */
    post: {
      parameters: { query?: never; header?: never; path: { id: string; no: number }; cookie?: never };
      requestBody?: { content: { "application/json": { [name: string]: never } } };
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: { "application/json": { order: components["schemas"]["OrderState"] } };
        };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/orders/{id}/cancellations/{no}/refuse": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    /** Refuse a buyer's wish to cancel */
    post: {
      parameters: { query?: never; header?: never; path: { id: string; no: number }; cookie?: never };
      requestBody?: { content: { "application/json": { [name: string]: never } } };
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: { "application/json": { order: components["schemas"]["OrderState"] } };
        };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/orders/{id}/cancellations/{no}/resend": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    /** Tell the channel the answer to a cancellation (again) */
    post: {
      parameters: { query?: never; header?: never; path: { id: string; no: number }; cookie?: never };
      requestBody?: { content: { "application/json": { [name: string]: never } } };
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: { "application/json": { order: components["schemas"]["OrderState"]; write_backs: number } };
        };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/orders/{id}/cancellations/{no}/told-by-hand": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    /** You cancelled it on the channel yourself; say what you saw there */
    post: {
      parameters: { query?: never; header?: never; path: { id: string; no: number }; cookie?: never };
      requestBody: { content: { "application/json": { evidence: string } } };
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: { "application/json": { order: components["schemas"]["OrderState"]; write_backs: number } };
        };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/orders/{id}/holds/{hold}/dismiss": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    /** Close a hold that may just be dismissed */
    post: {
      parameters: { query?: never; header?: never; path: { id: string; hold: string }; cookie?: never };
      requestBody?: { content: { "application/json": { [name: string]: never } } };
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: { "application/json": { order: components["schemas"]["OrderState"] } };
        };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/orders/{id}/holds/{hold}/answer": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    /** Answer a change on the channel: take theirs or keep ours */
    post: {
      parameters: { query?: never; header?: never; path: { id: string; hold: string }; cookie?: never };
      requestBody: { content: { "application/json": { take: "theirs" | "ours" } } };
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: { "application/json": { order: components["schemas"]["OrderState"] } };
        };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/orders/{id}/notes": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** Notes on an order, oldest first */
    get: {
      parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: { "application/json": { notes: components["schemas"]["OrderNote"][] } };
        };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    put?: never;
    /** Write a note */
    post: {
      parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
      requestBody: { content: { "application/json": { text: string } } };
      responses: {
        201: {
          headers: { [name: string]: unknown };
          content: { "application/json": components["schemas"]["OrderNote"] };
        };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/orders/{id}/notes/{note}": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    post?: never;
    /** Remove a note; that it was written stays in the trail */
    delete: {
      parameters: { query?: never; header?: never; path: { id: string; note: string }; cookie?: never };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: { "application/json": { order: components["schemas"]["OrderState"] } };
        };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/orders/{id}/attachments": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** Files on an order, oldest first */
    get: {
      parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: { "application/json": { attachments: components["schemas"]["Attachment"][] } };
        };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    put?: never;
    /** Lay a file down with an order */
    post: {
      parameters: { query: { name: string }; header?: never; path: { id: string }; cookie?: never };
      requestBody: {
        content: {
          "application/pdf": Blob;
          "image/png": Blob;
          "image/jpeg": Blob;
          "image/webp": Blob;
          "application/octet-stream": Blob;
        };
      };
      responses: {
        201: {
          headers: { [name: string]: unknown };
          content: { "application/json": components["schemas"]["Attachment"] };
        };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/orders/{id}/attachments/{attachment}": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** Download a file */
    get: {
      parameters: { query?: never; header?: never; path: { id: string; attachment: string }; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/octet-stream": Blob } };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    put?: never;
    post?: never;
    /** Remove a file */
    delete: {
      parameters: { query?: never; header?: never; path: { id: string; attachment: string }; cookie?: never };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: { "application/json": { order: components["schemas"]["OrderState"] } };
        };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/orders/{id}/holds/{hold}/assign": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    /** Say who looks after a hold; null: nobody any more */
    post: {
      parameters: { query?: never; header?: never; path: { id: string; hold: string }; cookie?: never };
      requestBody: { content: { "application/json": { to: string | null } } };
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: { "application/json": { order: components["schemas"]["OrderState"] } };
        };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/orders/{id}/holds/{hold}/snooze": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    /** Put a hold away until a time; null: see it now */
    post: {
      parameters: { query?: never; header?: never; path: { id: string; hold: string }; cookie?: never };
      requestBody: { content: { "application/json": { until: string | null } } };
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: { "application/json": { order: components["schemas"]["OrderState"] } };
        };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/attention": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** What stops orders, by reason, most important first */
    get: {
      parameters: {
        query?: {
          /** anyone, me, none (nobody looks after it), or a member's id */
          owner?: "anyone" | "me" | "none";
          snoozed?: "true" | "false";
        };
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            "application/json": { orders: number; or_more: boolean; groups: components["schemas"]["AttentionGroup"][] };
          };
        };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/jobs": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** Jobs, newest first */
    get: {
      parameters: {
        query?: {
          /** `next` of the page before; absent: the first page */
          cursor?: string;
          limit?: number;
        };
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: { "application/json": { jobs: components["schemas"]["Job"][]; next: string | null } };
        };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    put?: never;
    /** Do the same to many orders, or look at what that would do */
    post: {
      parameters: { query?: never; header?: never; path?: never; cookie?: never };
      requestBody: {
        content: {
          "application/json": {
            do: components["schemas"]["JobAction"];
            orders: components["schemas"]["JobOrders"];
            preview?: boolean;
          };
        };
      };
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: { "application/json": components["schemas"]["JobPreview"] };
        };
        201: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Job"] } };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/jobs/{id}": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** A job and how far it is */
    get: {
      parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Job"] } };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/jobs/{id}/rows": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** What became of each order */
    get: {
      parameters: {
        query?: {
          state?: "waiting" | "ok" | "refused" | "skipped";
          /** `next` of the page before; absent: the first page */
          cursor?: string;
          limit?: number;
        };
        header?: never;
        path: { id: string };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: { "application/json": { rows: components["schemas"]["JobRow"][]; next: string | null } };
        };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/jobs/{id}/report": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** The same as a CSV file */
    get: {
      parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": string } };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/jobs/{id}/cancel": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    /** Stop a job: what is done stays done, the rest is skipped */
    post: {
      parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
      requestBody?: { content: { "application/json": { [name: string]: never } } };
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Job"] } };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/jobs/{id}/retry": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    /** Try again what was refused, and nothing else */
    post: {
      parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
      requestBody?: { content: { "application/json": { [name: string]: never } } };
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Job"] } };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/views": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** The locked views, everybody's and your own, each with its count */
    get: {
      parameters: { query?: never; header?: never; path?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: { "application/json": { views: components["schemas"]["CountedView"][] } };
        };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    put?: never;
    /** Save a list: your own, or everybody's */
    post: {
      parameters: { query?: never; header?: never; path?: never; cookie?: never };
      requestBody: { content: { "application/json": components["schemas"]["NewView"] } };
      responses: {
        201: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["View"] } };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/views/{id}": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    /** Change a saved view; what is not named stays */
    put: {
      parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
      requestBody: { content: { "application/json": components["schemas"]["ViewChange"] } };
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["View"] } };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    post?: never;
    /** Delete a saved view */
    delete: {
      parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
      requestBody?: never;
      responses: {
        204: { headers: { [name: string]: unknown }; content?: never };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/search": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** What begins with these letters: orders, supplier orders, tracking numbers, SKUs, buyers */
    get: {
      parameters: { query: { q: string }; header?: never; path?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            "application/json": {
              orders: components["schemas"]["SearchHit"][];
              supplier_orders: components["schemas"]["SearchHit"][];
              tracking_numbers: components["schemas"]["SearchHit"][];
              buyers: components["schemas"]["SearchHit"][];
              skus: string[];
            };
          };
        };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/overview": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** What came in and what left, by day, and how long it took */
    get: {
      parameters: { query?: never; header?: never; path?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            "application/json": {
              days: components["schemas"]["OverviewDay"][];
              shipments: number;
              to_place: components["schemas"]["OverviewDuration"];
              to_ship: components["schemas"]["OverviewDuration"];
            };
          };
        };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/fulfillment-orders": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** Fulfillment orders, oldest first */
    get: {
      parameters: {
        query?: {
          state?: string;
          supplier?: string;
          /** `next` of the page before; absent: the first page */
          cursor?: string;
          limit?: number;
        };
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            "application/json": {
              fulfillment_orders: components["schemas"]["FulfillmentOrderRow"][];
              next: string | null;
            };
          };
        };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/fulfillment-orders/{id}/document": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** Download the purchase order file in which it left */
    get: {
      parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/octet-stream": Blob } };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/fulfillment-orders/{id}/choose-supplier": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    /** Choose its supplier; routing keeps the choice */
    post: {
      parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
      requestBody: { content: { "application/json": { supplier: string } } };
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: { "application/json": { order: components["schemas"]["OrderState"] } };
        };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/fulfillment-orders/{id}/take-over": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    /** “I am placing now”: from here on nobody else buys it */
    post: {
      parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
      requestBody?: { content: { "application/json": { [name: string]: never } } };
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            "application/json": {
              order: components["schemas"]["OrderState"];
              attempt: { no: number; reference: string };
            };
          };
        };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/fulfillment-orders/{id}/placed": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    /** Placed by hand: the supplier's order number and what it cost */
    post: {
      parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
      requestBody: {
        content: {
          "application/json": {
            supplier_order_id: string;
            /** Absent: not known yet; the expected cost is booked */
            cost?: { amount: string; currency: string };
            /** Units that the supplier did not accept: they are bought elsewhere. Absent: it took everything */
            not_accepted?: { supplier_sku: string; units: number }[];
          };
        };
      };
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: { "application/json": { order: components["schemas"]["OrderState"] } };
        };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/fulfillment-orders/{id}/not-placed": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    /** Not placed by hand, and why */
    post: {
      parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
      requestBody: {
        content: { "application/json": { reason: components["schemas"]["ReasonCode"]; message?: string } };
      };
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: { "application/json": { order: components["schemas"]["OrderState"] } };
        };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/fulfillment-orders/{id}/give-back": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    /** Give it back; without a result its outcome is unknown */
    post: {
      parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
      requestBody?: { content: { "application/json": { [name: string]: never } } };
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: { "application/json": { order: components["schemas"]["OrderState"] } };
        };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/fulfillment-orders/{id}/attempts/{no}/confirm-bought": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    /** You see the purchase at the supplier: its number and cost */
    post: {
      parameters: { query?: never; header?: never; path: { id: string; no: number }; cookie?: never };
      requestBody: {
        content: {
          "application/json": {
            supplier_order_id: string;
            /** Absent: not known yet; the expected cost is booked */
            cost?: { amount: string; currency: string };
            /** Units that the supplier did not accept: they are bought elsewhere. Absent: it took everything */
            not_accepted?: { supplier_sku: string; units: number }[];
          };
        };
      };
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: { "application/json": { order: components["schemas"]["OrderState"] } };
        };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/fulfillment-orders/{id}/attempts/{no}/confirm-not-bought": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    /** You looked at the supplier and it is not there */
    post: {
      parameters: { query?: never; header?: never; path: { id: string; no: number }; cookie?: never };
      requestBody: { content: { "application/json": { reason: string } } };
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: { "application/json": { order: components["schemas"]["OrderState"] } };
        };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/fulfillment-orders/{id}/tracking": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    /** Add a tracking number by hand */
    post: {
      parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
      requestBody: {
        content: {
          "application/json": {
            /** Absent: found by the number, where a carrier that we know has such numbers */
            carrier?: string;
            tracking_number: string;
            shipped_at?: string;
            /** Absent: everything that is open */
            lines?: { supplier_sku: string; units: number }[];
            /** The number is right although its check says otherwise */
            sure?: boolean;
          };
        };
      };
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: { "application/json": { order: components["schemas"]["OrderState"] } };
        };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/fulfillment-orders/{id}/confirm-tracking": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    /** A number that came on top of all units belongs here */
    post: {
      parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
      requestBody?: { content: { "application/json": { [name: string]: never } } };
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: { "application/json": { order: components["schemas"]["OrderState"] } };
        };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/fulfillment-orders/{id}/accept": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    /** The supplier accepts the purchase and will send it */
    post: {
      parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
      requestBody?: { content: { "application/json": { [name: string]: never } } };
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: { "application/json": { order: components["schemas"]["OrderState"] } };
        };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/fulfillment-orders/{id}/cannot-send": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    /** The supplier cannot send it: later, or not at all; then it is bought elsewhere */
    post: {
      parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
      requestBody: {
        content: {
          "application/json": {
            reason: "out_of_stock" | "supplier_refused" | "destination_not_served";
            /** It leaves on this day; absent: it does not come at all */
            until?: string;
            /** Absent: all that has not left */
            lines?: { supplier_sku: string; units: number }[];
          };
        };
      };
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: { "application/json": { order: components["schemas"]["OrderState"] } };
        };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/fulfillment-orders/{id}/supplier-answered": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    /** You asked the supplier to cancel: what it said */
    post: {
      parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
      requestBody: { content: { "application/json": { granted: "all" | "none" } } };
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: { "application/json": { order: components["schemas"]["OrderState"] } };
        };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/fulfillment-orders/{id}/print": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    /** Prep: the label is printed */
    post: {
      parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
      requestBody?: { content: { "application/json": { [name: string]: never } } };
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: { "application/json": { order: components["schemas"]["OrderState"] } };
        };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/fulfillment-orders/{id}/collect": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    /** Prep: a unit is scanned into the parcel */
    post: {
      parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
      requestBody: { content: { "application/json": { supplier_sku: string; units?: number } } };
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: { "application/json": { order: components["schemas"]["OrderState"]; left: number } };
        };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/fulfillment-orders/{id}/uncollect": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    /** Prep: the last scan was a mistake; the unit is out of the parcel again */
    post: {
      parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
      requestBody: { content: { "application/json": { supplier_sku: string; units?: number } } };
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: { "application/json": { order: components["schemas"]["OrderState"] } };
        };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/fulfillment-orders/{id}/back": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    /** Prep: one step back */
    post: {
      parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
      requestBody?: { content: { "application/json": { [name: string]: never } } };
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: { "application/json": { order: components["schemas"]["OrderState"] } };
        };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/fulfillment-orders/{id}/put-back": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    /** Prep: cancelled units go back to the shelf by scan */
    post: {
      parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
      requestBody: { content: { "application/json": { supplier_sku: string; units?: number } } };
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: { "application/json": { order: components["schemas"]["OrderState"] } };
        };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/fulfillment-orders/{id}/ship": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    /** Prep: the parcel is scanned out */
    post: {
      parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
      requestBody: {
        content: {
          "application/json": {
            /** Absent: found by the number, where a carrier that we know has such numbers */
            carrier?: string;
            tracking_number: string;
            sure?: boolean;
          };
        };
      };
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: { "application/json": { order: components["schemas"]["OrderState"]; shipment: string } };
        };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/desk": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** Fulfillment orders to work on, oldest first */
    get: {
      parameters: {
        query?: {
          /** Divided by commas; absent: where something is still to be done */
          state?: string;
          /** Only suppliers' work, or only prep centres' */
          at?: "supplier" | "prep";
          /** The order's number, as a scanner reads it */
          number?: string;
          /** `next` of the page before; absent: the first page */
          cursor?: string;
          limit?: number;
        };
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            "application/json": { fulfillment_orders: components["schemas"]["DeskRow"][]; next: string | null };
          };
        };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/desk/{id}": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** One fulfillment order to work on, with the address while something is to be sent there */
    get: {
      parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: { "application/json": components["schemas"]["DeskDetail"] };
        };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/shipments": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** Shipments; with told=false those of which the channel does not know, earliest ship-by first */
    get: {
      parameters: {
        query?: {
          told?: "false";
          /** `next` of the page before; absent: the first page */
          cursor?: string;
          limit?: number;
        };
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: { "application/json": { shipments: components["schemas"]["ShipmentRow"][]; next: string | null } };
        };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/shipments/{id}/resend": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    /** Tell the channel (again) */
    post: {
      parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
      requestBody?: { content: { "application/json": { [name: string]: never } } };
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: { "application/json": { order: components["schemas"]["OrderState"]; write_backs: number } };
        };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/shipments/{id}/told-by-hand": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    /** You entered it on the channel yourself; say what you saw there */
    post: {
      parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
      requestBody: { content: { "application/json": { evidence: string } } };
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: { "application/json": { order: components["schemas"]["OrderState"]; write_backs: number } };
        };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/shipments/{id}/parcels/{no}/confirm-shared": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    /** Its numbers are right; `shared` when one parcel carries several orders */
    post: {
      parameters: { query?: never; header?: never; path: { id: string; no: number }; cookie?: never };
      requestBody?: { content: { "application/json": { shared?: boolean } } };
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: { "application/json": { order: components["schemas"]["OrderState"] } };
        };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/shipments/{id}/parcels/{no}/delivered": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    /** You know that the parcel arrived */
    post: {
      parameters: { query?: never; header?: never; path: { id: string; no: number }; cookie?: never };
      requestBody?: { content: { "application/json": { at?: string } } };
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: { "application/json": { order: components["schemas"]["OrderState"] } };
        };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/shipments/{id}/parcels/{no}/correct": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    /** Correct a parcel's number; the channel is told again */
    post: {
      parameters: { query?: never; header?: never; path: { id: string; no: number }; cookie?: never };
      requestBody: { content: { "application/json": { carrier?: string; tracking_number: string; sure?: boolean } } };
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: { "application/json": { order: components["schemas"]["OrderState"] } };
        };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/reasons": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** Every reason why something may be held, most important first, and every state with its hint */
    get: {
      parameters: { query?: never; header?: never; path?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            "application/json": {
              reasons: {
                code: components["schemas"]["ReasonCode"];
                title: string;
                what: string;
                next: string;
                acts: string;
                clears_itself: boolean;
                placeable_by_person: boolean;
                shown_as: string;
                resolve_with: components["schemas"]["ResolveAction"][];
              }[];
              /** How each action of resolve_with is done */
              resolve_by: { [name: string]: string };
              states: { code: components["schemas"]["Headline"]; title: string; hint: string }[];
            };
          };
        };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/address-formats": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** What an address needs, by country: for a form that asks for one */
    get: {
      parameters: { query?: never; header?: never; path?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            "application/json": {
              formats: {
                country: string;
                city: boolean;
                /** What is expected; null: nothing depends on it */
                region: string | null;
                /** null: whatever is given is taken */
                postcode: { example: string; needed: boolean } | null;
              }[];
            };
          };
        };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/channels": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** Shops and marketplace accounts */
    get: {
      parameters: { query?: never; header?: never; path?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            "application/json": {
              channels: {
                id: string;
                name: string;
                kind: string;
                external_id: string;
                active: boolean;
                mode: "review" | "automatic";
                automation_on_since: string | null;
                zone: string;
                partial_allowed: boolean;
                /** How it is reached; empty: by files alone. */
                connections: {
                  kind: string;
                  last_sync_at: string | null;
                  last_problem: string | null;
                  /** Orders of the last three days that the channel lists and that are not here. */
                  gap: { checked_at: string; missing: number; examples: string[] } | null;
                }[];
                created_at: string;
              }[];
            };
          };
        };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    put?: never;
    /** Add a channel; it begins in review, and what was bought before stands by */
    post: {
      parameters: { query?: never; header?: never; path?: never; cookie?: never };
      requestBody: {
        content: {
          "application/json": {
            kind: string;
            name: string;
            /** Not given: the connector asks */
            external_id?: string;
            /** By dotted name; "default" takes a setting back, null is a value only where nothing is one */
            settings?: { [name: string]: unknown };
          };
        };
      };
      responses: {
        201: { headers: { [name: string]: unknown }; content: { "application/json": { id: string; name: string } } };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/suppliers": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** Suppliers and prep centres with their accounts */
    get: {
      parameters: { query?: never; header?: never; path?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            "application/json": {
              suppliers: {
                id: string;
                name: string;
                kind: string;
                role: "supplier" | "prep";
                enabled: boolean;
                countries: string[] | null;
                last_problem: string | null;
                accounts: {
                  id: string;
                  name: string;
                  active: boolean;
                  payment: string;
                  currency: string;
                  credentials_rejected_at: string | null;
                  paused_until: string | null;
                }[];
              }[];
            };
          };
        };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    put?: never;
    /** Add a supplier or a prep centre; give it an account next */
    post: {
      parameters: { query?: never; header?: never; path?: never; cookie?: never };
      requestBody: {
        content: {
          "application/json": {
            kind: string;
            name: string;
            role?: "supplier" | "prep";
            /** By dotted name; "default" takes a setting back, null is a value only where nothing is one */
            settings?: { [name: string]: unknown };
          };
        };
      };
      responses: {
        201: { headers: { [name: string]: unknown }; content: { "application/json": { id: string; name: string } } };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/product-links": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** Product links by SKU */
    get: {
      parameters: {
        query?: {
          /** Only the links of this SKU */
          sku?: string;
          /** Only those whose SKU, or a supplier's for it, contains this */
          q?: string;
          /** `next` of the page before; absent: the first page */
          cursor?: string;
          limit?: number;
        };
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            "application/json": { product_links: components["schemas"]["ProductLink"][]; next: string | null };
          };
        };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    /** Put one product link, whole */
    put: {
      parameters: { query?: never; header?: never; path?: never; cookie?: never };
      requestBody: { content: { "application/json": components["schemas"]["NewProductLink"] } };
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { changed: boolean } } };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    post?: never;
    /** Delete one product link; what is placed stays placed */
    delete: {
      parameters: { query: { sku: string; channel?: string }; header?: never; path?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { deleted: true } } };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/unlinked-skus": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** SKUs that hold orders because no product link names them, those of most orders first */
    get: {
      parameters: { query?: never; header?: never; path?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            "application/json": {
              skus: {
                sku: string;
                title: string;
                orders: number;
                units: number;
                since: string;
                /** The earliest of their orders */
                ship_by: string | null;
              }[];
              /** There are more than are listed */
              or_more: boolean;
            };
          };
        };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/stock": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** Stock by supplier and SKU */
    get: {
      parameters: {
        query?: {
          supplier?: string;
          /** `next` of the page before; absent: the first page */
          cursor?: string;
          limit?: number;
        };
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            "application/json": {
              stock: {
                supplier: string;
                supplier_sku: string;
                on_hand: number;
                reserved: number;
                available: number;
                is_shelf: boolean;
                unit_cost: string | null;
                currency: string | null;
                as_of: string;
              }[];
              next: string | null;
            };
          };
        };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    /** Set counted stock; at a prep centre never below what is promised to orders */
    put: {
      parameters: { query?: never; header?: never; path?: never; cookie?: never };
      requestBody: {
        content: {
          "application/json": {
            supplier: string;
            stock: { supplier_sku: string; on_hand: number; unit_cost?: string; currency?: string; as_of?: string }[];
          };
        };
      };
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { stored: number } } };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/stock/received": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    /** Goods came in at a prep centre: they are on the shelf from now on */
    post: {
      parameters: { query?: never; header?: never; path?: never; cookie?: never };
      requestBody: {
        content: { "application/json": { supplier: string; stock: { supplier_sku: string; units: number }[] } };
      };
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: { "application/json": { stock: { supplier_sku: string; on_hand: number }[] } };
        };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/shipping-mappings": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** Which rate of a channel is which method of a supplier */
    get: {
      parameters: { query?: never; header?: never; path?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            "application/json": {
              shipping_mappings: { channel: string; rate_name: string; supplier: string; method: string }[];
            };
          };
        };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    /** Map a rate to a method; null takes the mapping away */
    put: {
      parameters: { query?: never; header?: never; path?: never; cookie?: never };
      requestBody: {
        content: {
          "application/json": { channel: string; rate_name: string; supplier: string; method: string | null };
        };
      };
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { mapped: boolean } } };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/settings": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** Settings of the workspace, with their form */
    get: {
      parameters: { query?: never; header?: never; path?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: { "application/json": components["schemas"]["Settings"] };
        };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    /** Change settings of the workspace; what is not named stays */
    put: {
      parameters: { query?: never; header?: never; path?: never; cookie?: never };
      requestBody: {
        content: {
          "application/json": {
            /** By dotted name; "default" takes a setting back, null is a value only where nothing is one */
            settings: { [name: string]: unknown };
          };
        };
      };
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: { "application/json": components["schemas"]["Settings"] };
        };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/channels/{id}/settings": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** Settings of a channel, with their form */
    get: {
      parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: { "application/json": components["schemas"]["Settings"] };
        };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    /** Change settings of a channel; what is not named stays */
    put: {
      parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
      requestBody: {
        content: {
          "application/json": {
            /** By dotted name; "default" takes a setting back, null is a value only where nothing is one */
            settings: { [name: string]: unknown };
          };
        };
      };
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: { "application/json": components["schemas"]["Settings"] };
        };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/suppliers/{id}/settings": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** Settings of a supplier, with their form */
    get: {
      parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: { "application/json": components["schemas"]["Settings"] };
        };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    /** Change settings of a supplier; what is not named stays */
    put: {
      parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
      requestBody: {
        content: {
          "application/json": {
            /** By dotted name; "default" takes a setting back, null is a value only where nothing is one */
            settings: { [name: string]: unknown };
          };
        };
      };
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: { "application/json": components["schemas"]["Settings"] };
        };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/accounts/{id}/settings": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** Settings of a supplier account, with their form */
    get: {
      parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: { "application/json": components["schemas"]["Settings"] };
        };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    /** Change settings of a supplier account; what is not named stays */
    put: {
      parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
      requestBody: {
        content: {
          "application/json": {
            /** By dotted name; "default" takes a setting back, null is a value only where nothing is one */
            settings: { [name: string]: unknown };
          };
        };
      };
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: { "application/json": components["schemas"]["Settings"] };
        };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/connectors": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** Kinds of channels and suppliers that can be added here, each with its form */
    get: {
      parameters: { query?: never; header?: never; path?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            "application/json": {
              channels: { kind: string; title: string; schema: components["schemas"]["SettingsForm"] }[];
              suppliers: {
                kind: string;
                title: string;
                capabilities: components["schemas"]["SupplierCapabilities"];
                schema: components["schemas"]["SettingsForm"];
              }[];
              account: components["schemas"]["SettingsForm"];
            };
          };
        };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/channels/{id}/test": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    /** Ask the shop whose account this is */
    post: {
      parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
      requestBody?: { content: { "application/json": { [name: string]: never } } };
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            "application/json": {
              /** null: it could not be asked; `message` says why */
              works: boolean | null;
              message: string;
            };
          };
        };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/suppliers/{id}": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** One supplier: what its connector can, how it stands, its accounts and their health */
    get: {
      parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: { "application/json": components["schemas"]["SupplierDetail"] };
        };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/suppliers/{id}/accounts": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    /** Add an account of a supplier; orders that waited for one go on */
    post: {
      parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
      requestBody: {
        content: {
          "application/json": {
            name: string;
            /** By dotted name; "default" takes a setting back, null is a value only where nothing is one */
            settings?: { [name: string]: unknown };
          };
        };
      };
      responses: {
        201: { headers: { [name: string]: unknown }; content: { "application/json": { id: string; name: string } } };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/accounts/{id}/enable": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    /** Use this account again: what was rejected and the breaker are forgotten, and waiting orders go on */
    post: {
      parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
      requestBody?: { content: { "application/json": { [name: string]: never } } };
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { active: boolean } } };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/accounts/{id}/disable": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    /** Place nothing new on this account */
    post: {
      parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
      requestBody?: { content: { "application/json": { [name: string]: never } } };
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { active: boolean } } };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/audit": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** Who changed which setting, member, key or webhook, and who was shown personal data; newest first */
    get: {
      parameters: {
        query?: {
          /** secret_use is listed only when it is asked for */
          topic?:
            | "settings"
            | "members"
            | "keys"
            | "webhooks"
            | "catalogue"
            | "secrets"
            | "secret_use"
            | "personal_data";
          /** As the list names it: user:usr_…, key:… */
          actor?: string;
          from?: string;
          /** Not included itself */
          to?: string;
          /** `next` of the page before; absent: the first page */
          cursor?: string;
          limit?: number;
        };
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: { "application/json": { entries: components["schemas"]["AuditEntry"][]; next: string | null } };
        };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/health/details": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** How the installation does: safe mode, database, clock, workers, gate; and what of the workspace is late */
    get: {
      parameters: { query?: never; header?: never; path?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            "application/json": {
              at: string;
              checks: components["schemas"]["HealthCheck"][];
              processes: {
                kind: string;
                started_at: string;
                heartbeat_at: string;
                /** It said so within the last minute */
                alive: boolean;
              }[];
              late: {
                work:
                  | "orders"
                  | "purchases"
                  | "messages_to_suppliers"
                  | "cancellations"
                  | "parcels"
                  | "write_backs"
                  | "channels"
                  | "channel_messages"
                  | "supplier_files"
                  | "stock_feeds";
                title: string;
                rows: number;
                /** Since when the oldest of them is due */
                oldest: string;
              }[];
            };
          };
        };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/accounts/{id}/secrets": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** Which secrets of a supplier account are set, and when each was last used for what */
    get: {
      parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            "application/json": {
              secrets: components["schemas"]["Secret"][];
              /** Who the actors in this answer are */
              actors: { [name: string]: components["schemas"]["Actor"] };
            };
          };
        };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    /** Set secrets of a supplier account, all that are given or none; null takes one back */
    put: {
      parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
      requestBody?: { content: { "application/json": { [name: string]: unknown } } };
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            "application/json": {
              secrets: components["schemas"]["Secret"][];
              /** Who the actors in this answer are */
              actors: { [name: string]: components["schemas"]["Actor"] };
            };
          };
        };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/channels/{id}/secrets": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** Which secrets of a channel are set, and when each was last used for what */
    get: {
      parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            "application/json": {
              secrets: components["schemas"]["Secret"][];
              /** Who the actors in this answer are */
              actors: { [name: string]: components["schemas"]["Actor"] };
            };
          };
        };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    /** Set secrets of a channel, all that are given or none; null takes one back */
    put: {
      parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
      requestBody?: { content: { "application/json": { [name: string]: unknown } } };
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            "application/json": {
              secrets: components["schemas"]["Secret"][];
              /** Who the actors in this answer are */
              actors: { [name: string]: components["schemas"]["Actor"] };
            };
          };
        };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/accounts/{id}/secrets/test": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    /** Ask the supplier for something harmless with the account's secrets */
    post: {
      parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
      requestBody?: { content: { "application/json": { [name: string]: never } } };
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            "application/json": {
              /** null: it could not be asked; `message` says why */
              works: boolean | null;
              message: string;
            };
          };
        };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/buyers/export": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    /** Everything that is kept about a buyer, with the messages as they came */
    post: {
      parameters: { query?: never; header?: never; path?: never; cookie?: never };
      requestBody: { content: { "application/json": { order: string } | { buyer: string } | { mail: string } } };
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            "application/json": {
              orders: {
                id: string;
                number: string;
                channel: string;
                channel_order_id: string;
                ordered_at: string | null;
                received_at: string;
                headline: string;
                currency: string;
                addresses: { [name: string]: unknown }[];
                lines: { [name: string]: unknown }[];
                parcels: { [name: string]: unknown }[];
                messages: { event: string; received_at: string; text: string }[];
              }[];
            };
          };
        };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/buyers/erase": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    /** Erase what is kept of a buyer; orders on their way are named and stay */
    post: {
      parameters: { query?: never; header?: never; path?: never; cookie?: never };
      requestBody: { content: { "application/json": { order: string } | { buyer: string } | { mail: string } } };
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            "application/json": {
              erased: { id: string; number: string }[];
              kept: { id: string; number: string; why: string }[];
              /** Messages and rows of files that belonged to no order */
              unfiled: number;
            };
          };
        };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/ledger": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** Supplier accounts with what stands there */
    get: {
      parameters: { query?: never; header?: never; path?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            "application/json": {
              accounts: {
                id: string;
                name: string;
                supplier: { id: string; name: string } | null;
                payment: string;
                currency: string;
                available: string;
                held: string;
                owed: string;
                action_credits: string | null;
              }[];
            };
          };
        };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/ledger/{id}/transactions": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** The statement of one account, newest first */
    get: {
      parameters: {
        query?: {
          /** `next` of the page before; absent: the first page */
          cursor?: string;
          limit?: number;
        };
        header?: never;
        path: { id: string };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            "application/json": {
              transactions: {
                at: string;
                kind: string;
                change: string;
                unit: string;
                reference: string | null;
                order: string | null;
                actor: string;
                by: components["schemas"]["Actor"];
                entries: { ledger: string; amount: string }[];
              }[];
              next: string | null;
            };
          };
        };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/ledger/{id}/top-up": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    /** Book money (or action credits) that has arrived */
    post: {
      parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
      requestBody: {
        content: {
          "application/json": {
            amount: string;
            reference: string;
            /** Action credits instead of money */
            credits?: boolean;
          };
        };
      };
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: { "application/json": { available: string; unit: string } };
        };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/ledger/{id}/correction": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    /** Correct what stands on an account; may be negative */
    post: {
      parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
      requestBody: {
        content: {
          "application/json": {
            amount: string;
            reference: string;
            /** Action credits instead of money */
            credits?: boolean;
          };
        };
      };
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: { "application/json": { available: string; unit: string } };
        };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/imports": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** Imports, newest first */
    get: {
      parameters: { query?: { limit?: number }; header?: never; path?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            "application/json": {
              imports: components["schemas"]["Import"][];
              /** Who the actors in this answer are */
              actors: { [name: string]: components["schemas"]["Actor"] };
            };
          };
        };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    put?: never;
    /** Bring a file in: orders, product links, stock, costs or tracking */
    post: {
      parameters: {
        query: {
          kind: "orders" | "links" | "stock" | "costs" | "tracking";
          name: string;
          /** Who sold them: needed for orders */
          channel?: string;
          /** Of every row, where the file does not say */
          supplier?: string;
          /** field=Header, field:=value or setting=value, separated by commas */
          map?: string;
          dry_run?: "true" | "false";
        };
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody: { content: { "application/octet-stream": Blob } };
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: { "application/json": components["schemas"]["ImportedFile"] };
        };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/imports/{id}": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** One import with the rows it refused */
    get: {
      parameters: {
        query?: {
          /** `next` of the page before; absent: the first page */
          cursor?: string;
          limit?: number;
        };
        header?: never;
        path: { id: string };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            "application/json": {
              id: string;
              kind: string;
              file: string;
              by: string;
              started_at: string;
              finished_at: string | null;
              rows: number;
              stored: number;
              refused: number;
              set_aside: number;
              problem: string | null;
              refused_rows: {
                line: number;
                lines: number[];
                problems: { line: number; column: number; header: string; found: string; expected: string }[];
              }[];
              next: string | null;
            };
          };
        };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/set-aside": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** Rows that were set aside with a question, oldest first */
    get: {
      parameters: {
        query?: {
          /** `next` of the page before; absent: the first page */
          cursor?: string;
          limit?: number;
        };
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            "application/json": {
              rows: {
                import: string;
                file: string;
                line: number;
                lines: number[];
                question: string | null;
                candidates: { order: string; number: string }[];
                problems: { line: number; column: number; header: string; found: string; expected: string }[];
              }[];
              next: string | null;
            };
          };
        };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/set-aside/{id}/{line}/resolve": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    /** Answer the question of a row that was set aside, once */
    post: {
      parameters: { query?: never; header?: never; path: { id: string; line: number }; cookie?: never };
      requestBody?: {
        content: {
          "application/json": {
            /** It cancels this order */
            cancels?: string;
            /** It needs no doing, and why */
            ignore?: string;
            /** It is wrong, and why */
            refuse?: string;
          };
        };
      };
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { resolution: string } } };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/webhooks/event-types": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** What can be listened to: each type, what it means, and the JSON Schema of its `data` */
    get: {
      parameters: { query?: never; header?: never; path?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            "application/json": {
              types: { type: string; about: string; data: { [name: string]: unknown } }[];
              filters: string[];
            };
          };
        };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/webhooks": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** The workspace's endpoints, how they do and how many deliveries wait or were given up */
    get: {
      parameters: { query?: never; header?: never; path?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: { "application/json": { webhooks: components["schemas"]["Webhook"][] } };
        };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    put?: never;
    /** Add an endpoint; the answer has the secret that its messages are signed with */
    post: {
      parameters: { query?: never; header?: never; path?: never; cookie?: never };
      requestBody: {
        content: {
          "application/json": {
            url: string;
            /** Types, `order.*` for a group, `*` for all; GET /v1/webhooks/event-types lists them */
            events?: string[];
            description?: string;
          };
        };
      };
      responses: {
        201: {
          headers: { [name: string]: unknown };
          content: { "application/json": components["schemas"]["WebhookWithSecret"] };
        };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/webhooks/{id}": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** One endpoint */
    get: {
      parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: { "application/json": components["schemas"]["Webhook"] };
        };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    /** Change an endpoint, or switch it off or on; what is not named stays */
    put: {
      parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
      requestBody?: {
        content: {
          "application/json": {
            url?: string;
            /** Types, `order.*` for a group, `*` for all; GET /v1/webhooks/event-types lists them */
            events?: string[];
            description?: string;
            enabled?: boolean;
          };
        };
      };
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: { "application/json": components["schemas"]["Webhook"] };
        };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    post?: never;
    /** Delete an endpoint with its secrets and its deliveries */
    delete: {
      parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { deleted: true } } };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/webhooks/{id}/deliveries": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** What was sent or waits, newest first; kept for thirty days after its end */
    get: {
      parameters: {
        query?: {
          state?: "waiting" | "delivered" | "given_up";
          /** `next` of the page before; absent: the first page */
          cursor?: string;
          limit?: number;
        };
        header?: never;
        path: { id: string };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            "application/json": { deliveries: components["schemas"]["WebhookDelivery"][]; next: string | null };
          };
        };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/webhooks/{id}/deliveries/{delivery}": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** One delivery with its body and each try: what was answered, or what went wrong */
    get: {
      parameters: { query?: never; header?: never; path: { id: string; delivery: string }; cookie?: never };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            "application/json": {
              delivery: components["schemas"]["WebhookDelivery"];
              body: string;
              attempts: {
                no: number;
                at: string;
                duration_ms: number;
                url: string;
                status: number | null;
                problem: string | null;
                answer: string;
              }[];
            };
          };
        };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/webhooks/{id}/rotate-secret": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    /** Make a new secret; for 24 hours the old one signs beside it */
    post: {
      parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
      requestBody?: { content: { "application/json": { [name: string]: never } } };
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: { "application/json": components["schemas"]["WebhookWithSecret"] };
        };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/webhooks/{id}/test": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    /** Send a message of the type webhook_endpoint.test to this endpoint */
    post: {
      parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
      requestBody?: { content: { "application/json": { [name: string]: never } } };
      responses: {
        202: { headers: { [name: string]: unknown }; content: { "application/json": { sent: true } } };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/webhooks/{id}/resend": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    /** Send again, with the ids they had, all deliveries that were given up since an instant */
    post: {
      parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
      requestBody: { content: { "application/json": { since: string } } };
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { resent: number } } };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/webhooks/{id}/deliveries/{delivery}/resend": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    /** Send one delivery again, with the id it had */
    post: {
      parameters: { query?: never; header?: never; path: { id: string; delivery: string }; cookie?: never };
      requestBody?: { content: { "application/json": { [name: string]: never } } };
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { resent: number } } };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/channels/{id}/webhooks": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** Whether a channel sends webhooks, and the last that came */
    get: {
      parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: { "application/json": components["schemas"]["ChannelWebhooks"] };
        };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    /** Switch a channel's webhooks on or off; on makes a new secret, which the channel is told */
    put: {
      parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
      requestBody: { content: { "application/json": { on: boolean } } };
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: { "application/json": components["schemas"]["ChannelWebhooks"] };
        };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/unread-messages": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** What channels sent and nobody could read, oldest first */
    get: {
      parameters: {
        query?: {
          /** `next` of the page before; absent: the first page */
          cursor?: string;
          limit?: number;
        };
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: { "application/json": { messages: components["schemas"]["UnreadMessage"][]; next: string | null } };
        };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/unread-messages/{id}": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** One of them with its raw text, which may name a buyer: that it was opened is recorded */
    get: {
      parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            "application/json": {
              id: string;
              channel: string;
              /** The channel's own id of it */
              event: string;
              received_at: string;
              problem: string;
              /** null: erased */
              text: string | null;
            };
          };
        };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/unread-messages/{id}/read-again": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    /** Have it read once more, after its cause is gone */
    post: {
      parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
      requestBody?: { content: { "application/json": { [name: string]: never } } };
      responses: {
        204: { headers: { [name: string]: unknown }; content?: never };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/unread-messages/{id}/put-aside": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    /** It needs no doing; say why */
    post: {
      parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
      requestBody: { content: { "application/json": { why: string } } };
      responses: {
        204: { headers: { [name: string]: unknown }; content?: never };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/events/stream": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** Follow what changes, as server-sent events: `orders` with the orders that changed, `counts` after them */
    get: {
      parameters: {
        query?: {
          /** The same as the header X-Switchyard-Workspace, for browsers */
          workspace?: string;
          /** The same as the header Last-Event-ID, for readers that cannot send headers */
          last_event_id?: string;
        };
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "text/event-stream": string } };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/set-up": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** Whether this installation still waits for its first account */
    get: {
      parameters: { query?: never; header?: never; path?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { needed: boolean } } };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    put?: never;
    /** Make the owner's account and the first workspace, with the link that the server printed */
    post: {
      parameters: { query?: never; header?: never; path?: never; cookie?: never };
      requestBody: {
        content: {
          "application/json": {
            /** What stands after # in the printed link */
            token: string;
            name: string;
            email: string;
            /** At least 8 characters, of any kind */
            password: string;
            workspace: {
              /** What commands and addresses call it: small letters, digits, hyphens */
              slug: string;
              name?: string;
              currency?: string;
              zone?: string;
            };
          };
        };
      };
      responses: {
        201: {
          headers: { [name: string]: unknown };
          content: { "application/json": { user: string; workspace: string } };
        };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/auth/sign-in": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    /** Sign in with e-mail address and password; the session is a cookie */
    post: {
      parameters: { query?: never; header?: never; path?: never; cookie?: never };
      requestBody: { content: { "application/json": { email: string; password: string } } };
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: { "application/json": { status: "signed_in" | "second_factor_needed" } };
        };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/auth/second-factor": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    /** The second step: a code of the authenticator app, or a backup code */
    post: {
      parameters: { query?: never; header?: never; path?: never; cookie?: never };
      requestBody?: { content: { "application/json": { code?: string; backup_code?: string } } };
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { status: "signed_in" } } };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    /** Remove the second factor */
    delete: {
      parameters: { query?: never; header?: never; path?: never; cookie?: never };
      requestBody: { content: { "application/json": { password: string } } };
      responses: {
        204: { headers: { [name: string]: unknown }; content?: never };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/auth/sign-out": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    /** End this session */
    post: {
      parameters: { query?: never; header?: never; path?: never; cookie?: never };
      requestBody?: { content: { "application/json": { [name: string]: never } } };
      responses: {
        204: { headers: { [name: string]: unknown }; content?: never };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/auth/me": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** Who is signed in, and the workspaces of that person */
    get: {
      parameters: { query?: never; header?: never; path?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            "application/json": {
              user: { id: string; name: string; email: string; second_factor: boolean };
              session: string;
              proved_at: string | null;
              workspaces: { id: string; slug: string; name: string; role: string }[];
            };
          };
        };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    /** Change one's own name, as others read it beside what one does */
    put: {
      parameters: { query?: never; header?: never; path?: never; cookie?: never };
      requestBody: { content: { "application/json": { name: string } } };
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { id: string; name: string } } };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/auth/prove": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    /** Show the password (and a code, where there is a second factor) once more */
    post: {
      parameters: { query?: never; header?: never; path?: never; cookie?: never };
      requestBody: { content: { "application/json": { password: string; code?: string } } };
      responses: {
        204: { headers: { [name: string]: unknown }; content?: never };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/auth/sessions": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** Where this person is signed in */
    get: {
      parameters: { query?: never; header?: never; path?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            "application/json": {
              sessions: {
                id: string;
                current: boolean;
                signed_in_at: string;
                used_at: string;
                ends_at: string;
                address: string | null;
                browser: string | null;
              }[];
            };
          };
        };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    put?: never;
    post?: never;
    /** End all sessions of this person but this one */
    delete: {
      parameters: { query?: never; header?: never; path?: never; cookie?: never };
      requestBody?: never;
      responses: {
        204: { headers: { [name: string]: unknown }; content?: never };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/auth/sessions/{id}": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    post?: never;
    /** End one session of this person */
    delete: {
      parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
      requestBody?: never;
      responses: {
        204: { headers: { [name: string]: unknown }; content?: never };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/auth/second-factor/set-up": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    /** A secret for an authenticator app, and backup codes; on once a code was shown (confirm) */
    post: {
      parameters: { query?: never; header?: never; path?: never; cookie?: never };
      requestBody: { content: { "application/json": { password: string } } };
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: { "application/json": { uri: string; backup_codes: string[] } };
        };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/auth/second-factor/confirm": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    /** The first code of the authenticator app: from now on it is asked for */
    post: {
      parameters: { query?: never; header?: never; path?: never; cookie?: never };
      requestBody: { content: { "application/json": { code: string } } };
      responses: {
        204: { headers: { [name: string]: unknown }; content?: never };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/auth/second-factor/backup-codes": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    /** Ten new backup codes; the old ones end */
    post: {
      parameters: { query?: never; header?: never; path?: never; cookie?: never };
      requestBody: { content: { "application/json": { password: string } } };
      responses: {
        200: { headers: { [name: string]: unknown }; content: { "application/json": { backup_codes: string[] } } };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/auth/password": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    /** Change the password; all other sessions end */
    post: {
      parameters: { query?: never; header?: never; path?: never; cookie?: never };
      requestBody: {
        content: {
          "application/json": {
            current: string;
            /** At least 8 characters, of any kind */
            password: string;
          };
        };
      };
      responses: {
        204: { headers: { [name: string]: unknown }; content?: never };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/auth/password/forgotten": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    /** Ask for a link to choose a new password; the answer is the same for every address */
    post: {
      parameters: { query?: never; header?: never; path?: never; cookie?: never };
      requestBody: { content: { "application/json": { email: string } } };
      responses: {
        202: { headers: { [name: string]: unknown }; content: { "application/json": { next: string } } };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/auth/password/reset": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    /** Choose a new password with the link; all sessions end */
    post: {
      parameters: { query?: never; header?: never; path?: never; cookie?: never };
      requestBody: {
        content: {
          "application/json": {
            /** What stands after # in the link */
            token: string;
            /** At least 8 characters, of any kind */
            password: string;
          };
        };
      };
      responses: {
        204: { headers: { [name: string]: unknown }; content?: never };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/members": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** Who belongs to the workspace */
    get: {
      parameters: { query?: never; header?: never; path?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: { "application/json": { members: components["schemas"]["Member"][] } };
        };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/members/{id}": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    /** Give a member another role; it counts from the next request on */
    put: {
      parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
      requestBody: {
        content: {
          "application/json": {
            role: "owner" | "admin" | "staff" | "viewer" | "operator" | "prep" | "supplier";
            /** For prep and supplier: whose fulfillment orders they will see */
            suppliers?: string[];
          };
        };
      };
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            "application/json": {
              id: string;
              role: "owner" | "admin" | "staff" | "viewer" | "operator" | "prep" | "supplier";
            };
          };
        };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    post?: never;
    /** End a membership; the person's next request finds none */
    delete: {
      parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
      requestBody?: never;
      responses: {
        204: { headers: { [name: string]: unknown }; content?: never };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/invitations": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** Invitations that can still be accepted */
    get: {
      parameters: { query?: never; header?: never; path?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: { "application/json": { invitations: components["schemas"]["Invitation"][] } };
        };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    put?: never;
    /** Invite somebody: by mail where the installation sends mail, else by the link in the answer */
    post: {
      parameters: { query?: never; header?: never; path?: never; cookie?: never };
      requestBody: {
        content: {
          "application/json": {
            email: string;
            role: "owner" | "admin" | "staff" | "viewer" | "operator" | "prep" | "supplier";
            /** For prep and supplier: whose fulfillment orders they will see */
            suppliers?: string[];
          };
        };
      };
      responses: {
        201: {
          headers: { [name: string]: unknown };
          content: {
            "application/json": {
              id: string;
              email: string;
              role: "owner" | "admin" | "staff" | "viewer" | "operator" | "prep" | "supplier";
              suppliers: { id: string; name: string }[];
              invited_by: string;
              expires_at: string;
              link: string;
              mailed: boolean;
            };
          };
        };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/invitations/{id}": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    post?: never;
    /** Withdraw an invitation */
    delete: {
      parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
      requestBody?: never;
      responses: {
        204: { headers: { [name: string]: unknown }; content?: never };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/invitations/look": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    /** What a link invites to */
    post: {
      parameters: { query?: never; header?: never; path?: never; cookie?: never };
      requestBody: {
        content: {
          "application/json": {
            /** What stands after # in the link */
            token: string;
          };
        };
      };
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            "application/json": {
              workspace: string;
              email: string;
              role: "owner" | "admin" | "staff" | "viewer" | "operator" | "prep" | "supplier";
              has_account: boolean;
            };
          };
        };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/invitations/accept": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    /** Accept an invitation: with a new account, or signed in with the one that has this address */
    post: {
      parameters: { query?: never; header?: never; path?: never; cookie?: never };
      requestBody: {
        content: {
          "application/json": {
            /** What stands after # in the link */
            token: string;
            name?: string;
            /** At least 8 characters, of any kind */
            password?: string;
          };
        };
      };
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            "application/json": {
              user: string;
              role: "owner" | "admin" | "staff" | "viewer" | "operator" | "prep" | "supplier";
              /** Its name in addresses */
              workspace: string;
            };
          };
        };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/keys": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** The keys of the workspace, with the scopes that each role can give */
    get: {
      parameters: { query?: never; header?: never; path?: never; cookie?: never };
      requestBody?: never;
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: {
            "application/json": {
              keys: components["schemas"]["ApiKey"][];
              scopes: {
                code:
                  | "reference.read"
                  | "orders.read"
                  | "orders.change"
                  | "orders.note"
                  | "orders.place"
                  | "shipments.enter"
                  | "shipments.change"
                  | "desk.read"
                  | "prep.pack"
                  | "set_up.read"
                  | "set_up.change"
                  | "money.read"
                  | "money.change"
                  | "imports.read"
                  | "imports.change"
                  | "members.read"
                  | "members.change"
                  | "owners.change"
                  | "settings.read"
                  | "settings.change"
                  | "secrets.change"
                  | "keys.read"
                  | "keys.change"
                  | "audit.read"
                  | "webhooks.read"
                  | "webhooks.change"
                  | "events.read"
                  | "buyers.erase";
                allows: string;
              }[];
              roles: {
                [name in "owner" | "admin" | "staff" | "viewer" | "operator" | "prep" | "supplier"]: (
                  | "reference.read"
                  | "orders.read"
                  | "orders.change"
                  | "orders.note"
                  | "orders.place"
                  | "shipments.enter"
                  | "shipments.change"
                  | "desk.read"
                  | "prep.pack"
                  | "set_up.read"
                  | "set_up.change"
                  | "money.read"
                  | "money.change"
                  | "imports.read"
                  | "imports.change"
                  | "members.read"
                  | "members.change"
                  | "owners.change"
                  | "settings.read"
                  | "settings.change"
                  | "secrets.change"
                  | "keys.read"
                  | "keys.change"
                  | "audit.read"
                  | "webhooks.read"
                  | "webhooks.change"
                  | "events.read"
                  | "buyers.erase"
                )[];
              };
            };
          };
        };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    put?: never;
    /** Make a key; it is shown in this answer and never again */
    post: {
      parameters: { query?: never; header?: never; path?: never; cookie?: never };
      requestBody: {
        content: {
          "application/json": {
            role: "owner" | "admin" | "staff" | "viewer" | "operator" | "prep" | "supplier";
            name: string;
            /** null: all that the role may */
            scopes?:
              | (
                  | "reference.read"
                  | "orders.read"
                  | "orders.change"
                  | "orders.note"
                  | "orders.place"
                  | "shipments.enter"
                  | "shipments.change"
                  | "desk.read"
                  | "prep.pack"
                  | "set_up.read"
                  | "set_up.change"
                  | "money.read"
                  | "money.change"
                  | "imports.read"
                  | "imports.change"
                  | "members.read"
                  | "members.change"
                  | "owners.change"
                  | "settings.read"
                  | "settings.change"
                  | "secrets.change"
                  | "keys.read"
                  | "keys.change"
                  | "audit.read"
                  | "webhooks.read"
                  | "webhooks.change"
                  | "events.read"
                  | "buyers.erase"
                )[]
              | null;
            /** For prep and supplier: whose fulfillment orders there are for it */
            suppliers?: string[];
            /** null: never */
            expires_at?: string | null;
          };
        };
      };
      responses: {
        201: {
          headers: { [name: string]: unknown };
          content: {
            "application/json": {
              /** 12 hex digits: the part of the key that names it */
              id: string;
              name: string;
              role: "owner" | "admin" | "staff" | "viewer" | "operator" | "prep" | "supplier";
              /** What of its role it may; null: all */
              scopes:
                | (
                    | "reference.read"
                    | "orders.read"
                    | "orders.change"
                    | "orders.note"
                    | "orders.place"
                    | "shipments.enter"
                    | "shipments.change"
                    | "desk.read"
                    | "prep.pack"
                    | "set_up.read"
                    | "set_up.change"
                    | "money.read"
                    | "money.change"
                    | "imports.read"
                    | "imports.change"
                    | "members.read"
                    | "members.change"
                    | "owners.change"
                    | "settings.read"
                    | "settings.change"
                    | "secrets.change"
                    | "keys.read"
                    | "keys.change"
                    | "audit.read"
                    | "webhooks.read"
                    | "webhooks.change"
                    | "events.read"
                    | "buyers.erase"
                  )[]
                | null;
              suppliers: { id: string; name: string }[];
              state: "active" | "expired" | "revoked";
              created_at: string;
              expires_at: string | null;
              /** To the minute */
              last_used_at: string | null;
              revoked_at: string | null;
              key: string | null;
            };
          };
        };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/keys/{id}": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    post?: never;
    /** End a key at once */
    delete: {
      parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
      requestBody?: never;
      responses: {
        204: { headers: { [name: string]: unknown }; content?: never };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/fulfillment-orders/{id}/link": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    /** A link with which its supplier sees it and enters tracking, without an account, until it is done */
    post: {
      parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
      requestBody?: {
        content: {
          "application/json": {
            /** Where to mail it, where mail is sent */
            email?: string;
          };
        };
      };
      responses: {
        200: {
          headers: { [name: string]: unknown };
          content: { "application/json": { link: string; mailed: boolean } };
        };
        default: {
          headers: { [name: string]: unknown };
          content: { "application/problem+json": components["schemas"]["Problem"] };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
}

/** What is sent to webhook endpoints. */
export interface webhooks {
  "order.received": {
    type: "order.received";
    timestamp: string;
    data: { order: { id: string; number: string; channel: string; channel_order_id: string }; origin: string | null };
  };
  "order.changed": {
    type: "order.changed";
    timestamp: string;
    data: {
      order: { id: string; number: string; channel: string; channel_order_id: string };
      by: "channel" | "person";
      field: string | null;
    };
  };
  "order.status_changed": {
    type: "order.status_changed";
    timestamp: string;
    data: {
      order: { id: string; number: string; channel: string; channel_order_id: string };
      from: string;
      to: string;
    };
  };
  "order.held": {
    type: "order.held";
    timestamp: string;
    data: {
      order: { id: string; number: string; channel: string; channel_order_id: string };
      from: string;
      to: string;
    };
  };
  "order.released": {
    type: "order.released";
    timestamp: string;
    data: {
      order: { id: string; number: string; channel: string; channel_order_id: string };
      from: string;
      to: string;
    };
  };
  "order.shipped": {
    type: "order.shipped";
    timestamp: string;
    data: {
      order: { id: string; number: string; channel: string; channel_order_id: string };
      from: string;
      to: string;
    };
  };
  "order.delivered": {
    type: "order.delivered";
    timestamp: string;
    data: {
      order: { id: string; number: string; channel: string; channel_order_id: string };
      from: string;
      to: string;
    };
  };
  "order.completed": {
    type: "order.completed";
    timestamp: string;
    data: {
      order: { id: string; number: string; channel: string; channel_order_id: string };
      from: string;
      to: string;
    };
  };
  "order.cancelled": {
    type: "order.cancelled";
    timestamp: string;
    data: {
      order: { id: string; number: string; channel: string; channel_order_id: string };
      from: string;
      to: string;
    };
  };
  "fulfillment_order.placed": {
    type: "fulfillment_order.placed";
    timestamp: string;
    data: {
      order: { id: string; number: string; channel: string; channel_order_id: string };
      fulfillment_order: { id: string; no: number; supplier: string | null };
      supplier_order_id: string | null;
      cost: { amount: string; currency: string } | null;
    };
  };
  "fulfillment_order.refused": {
    type: "fulfillment_order.refused";
    timestamp: string;
    data: {
      order: { id: string; number: string; channel: string; channel_order_id: string };
      fulfillment_order: { id: string; no: number; supplier: string | null };
      reason: string | null;
    };
  };
  "fulfillment_order.outcome_unknown": {
    type: "fulfillment_order.outcome_unknown";
    timestamp: string;
    data: {
      order: { id: string; number: string; channel: string; channel_order_id: string };
      fulfillment_order: { id: string; no: number; supplier: string | null };
    };
  };
  "fulfillment_order.escalated": {
    type: "fulfillment_order.escalated";
    timestamp: string;
    data: {
      order: { id: string; number: string; channel: string; channel_order_id: string };
      fulfillment_order: { id: string; no: number; supplier: string | null };
    };
  };
  "fulfillment_order.acknowledged": {
    type: "fulfillment_order.acknowledged";
    timestamp: string;
    data: {
      order: { id: string; number: string; channel: string; channel_order_id: string };
      fulfillment_order: { id: string; no: number; supplier: string | null };
    };
  };
  "fulfillment_order.ready": {
    type: "fulfillment_order.ready";
    timestamp: string;
    data: {
      order: { id: string; number: string; channel: string; channel_order_id: string };
      fulfillment_order: { id: string; no: number; supplier: string | null };
    };
  };
  "fulfillment_order.partially_shipped": {
    type: "fulfillment_order.partially_shipped";
    timestamp: string;
    data: {
      order: { id: string; number: string; channel: string; channel_order_id: string };
      fulfillment_order: { id: string; no: number; supplier: string | null };
    };
  };
  "fulfillment_order.shipped": {
    type: "fulfillment_order.shipped";
    timestamp: string;
    data: {
      order: { id: string; number: string; channel: string; channel_order_id: string };
      fulfillment_order: { id: string; no: number; supplier: string | null };
    };
  };
  "fulfillment_order.delivered": {
    type: "fulfillment_order.delivered";
    timestamp: string;
    data: {
      order: { id: string; number: string; channel: string; channel_order_id: string };
      fulfillment_order: { id: string; no: number; supplier: string | null };
    };
  };
  "fulfillment_order.completed": {
    type: "fulfillment_order.completed";
    timestamp: string;
    data: {
      order: { id: string; number: string; channel: string; channel_order_id: string };
      fulfillment_order: { id: string; no: number; supplier: string | null };
    };
  };
  "fulfillment_order.cancelled": {
    type: "fulfillment_order.cancelled";
    timestamp: string;
    data: {
      order: { id: string; number: string; channel: string; channel_order_id: string };
      fulfillment_order: { id: string; no: number; supplier: string | null };
    };
  };
  "fulfillment_order.refunded": {
    type: "fulfillment_order.refunded";
    timestamp: string;
    data: {
      order: { id: string; number: string; channel: string; channel_order_id: string };
      fulfillment_order: { id: string; no: number; supplier: string | null };
      amount: { amount: string; currency: string } | null;
    };
  };
  "shipment.created": {
    type: "shipment.created";
    timestamp: string;
    data: {
      order: { id: string; number: string; channel: string; channel_order_id: string };
      fulfillment_order: { id: string; no: number; supplier: string | null };
      shipment: { id: string };
      source: string | null;
    };
  };
  "shipment.tracking_added": {
    type: "shipment.tracking_added";
    timestamp: string;
    data: {
      order: { id: string; number: string; channel: string; channel_order_id: string };
      fulfillment_order: { id: string; no: number; supplier: string | null };
      shipment: { id: string };
      carrier: string;
      tracking_number: string;
      accepted: boolean;
    };
  };
  "shipment.tracking_corrected": {
    type: "shipment.tracking_corrected";
    timestamp: string;
    data: {
      order: { id: string; number: string; channel: string; channel_order_id: string };
      fulfillment_order: { id: string; no: number; supplier: string | null };
      shipment: { id: string };
      carrier: string;
      tracking_number: string;
    };
  };
  "shipment.parcel_moved": {
    type: "shipment.parcel_moved";
    timestamp: string;
    data: {
      order: { id: string; number: string; channel: string; channel_order_id: string };
      fulfillment_order: { id: string; no: number; supplier: string | null };
      shipment: { id: string };
      carrier: string;
      tracking_number: string;
      state: string;
    };
  };
  "shipment.parcel_delivered": {
    type: "shipment.parcel_delivered";
    timestamp: string;
    data: {
      order: { id: string; number: string; channel: string; channel_order_id: string };
      fulfillment_order: { id: string; no: number; supplier: string | null };
      shipment: { id: string };
      carrier: string;
      tracking_number: string;
      state: string;
    };
  };
  "hold.opened": {
    type: "hold.opened";
    timestamp: string;
    data: {
      order: { id: string; number: string; channel: string; channel_order_id: string };
      code: string;
      title: string;
      line: number | null;
      fulfillment_order: { id: string; no: number; supplier: string | null } | null;
      shipment: { id: string } | null;
    };
  };
  "hold.closed": {
    type: "hold.closed";
    timestamp: string;
    data: {
      order: { id: string; number: string; channel: string; channel_order_id: string };
      code: string;
      title: string;
      line: number | null;
      fulfillment_order: { id: string; no: number; supplier: string | null } | null;
      shipment: { id: string } | null;
    };
  };
  "write_back.told": {
    type: "write_back.told";
    timestamp: string;
    data: {
      order: { id: string; number: string; channel: string; channel_order_id: string };
      about: "shipment" | "cancellation";
      shipment: { id: string } | null;
    };
  };
  "write_back.failed": {
    type: "write_back.failed";
    timestamp: string;
    data: {
      order: { id: string; number: string; channel: string; channel_order_id: string };
      about: "shipment" | "cancellation";
      shipment: { id: string } | null;
      state: "refused" | "by_hand";
    };
  };
  "cancellation.requested": {
    type: "cancellation.requested";
    timestamp: string;
    data: { order: { id: string; number: string; channel: string; channel_order_id: string }; asked_by: string | null };
  };
  "cancellation.answered": {
    type: "cancellation.answered";
    timestamp: string;
    data: { order: { id: string; number: string; channel: string; channel_order_id: string }; state: string };
  };
  "webhook_endpoint.disabled": {
    type: "webhook_endpoint.disabled";
    timestamp: string;
    data: { endpoint: { id: string; url: string }; why: string };
  };
  "webhook_endpoint.test": {
    type: "webhook_endpoint.test";
    timestamp: string;
    data: { endpoint: { id: string }; text: string };
  };
}

export interface components {
  schemas: {
    Problem: {
      type: string;
      title: string;
      status: number;
      code: string;
      detail: string;
      next: string;
      errors?: { field: string; found: string; expected: string }[];
      reference?: string;
      first_use?: { route: string; at: string };
      version?: number;
      current?: { [name: string]: unknown };
    };
    Actor: {
      /** visitor: the sandbox's, on this machine. link: whoever has the link for one purchase order */
      kind: "person" | "key" | "channel" | "administrator" | "visitor" | "link" | "machine";
      name: string;
    };
    /** Decimal text in major units, with all digits of its currency. */
    Money: { amount: string; currency: string };
    Headline:
      | "needs_attention"
      | "checking"
      | "with_our_team"
      | "in_process"
      | "new"
      | "on_hold"
      | "review"
      | "awaiting_payment"
      | "stand_by"
      | "waiting"
      | "at_prep"
      | "ordered"
      | "partly_shipped"
      | "shipped"
      | "delivered"
      | "completed"
      | "cancelled";
    ReasonCode:
      | "bought_after_all"
      | "outcome_unknown"
      | "credentials_rejected"
      | "payment_method_declined"
      | "captcha_or_two_factor"
      | "insufficient_balance"
      | "no_action_credits"
      | "spend_cap"
      | "currency_mismatch"
      | "no_rate"
      | "address_incomplete"
      | "address_invalid"
      | "phone_missing"
      | "sku_not_linked"
      | "pack_size_mismatch"
      | "no_supplier"
      | "destination_not_served"
      | "out_of_stock"
      | "backordered"
      | "price_above_limit"
      | "margin_below_limit"
      | "shipping_not_mapped"
      | "changed_on_channel"
      | "cancel_requested"
      | "suspected_duplicate"
      | "bought_before_restore"
      | "fraud_risk"
      | "already_fulfilled_on_channel"
      | "too_old"
      | "supplier_refused"
      | "supplier_cancelled"
      | "acknowledgement_overdue"
      | "placement_failed"
      | "label_error"
      | "tracking_overdue"
      | "tracking_not_accepted"
      | "rest_overdue"
      | "channel_refused"
      | "parcel_stalled"
      | "return_to_sender"
      | "by_person"
      | "review"
      | "stand_by"
      | "awaiting_payment";
    Verdict: { allowed: true } | { allowed: false; why: string };
    Address: {
      name: string;
      company: string;
      line1: string;
      line2: string;
      city: string;
      region: string;
      postcode: string;
      country: string;
      phone: string;
      email: string;
    };
    NewAddress: {
      name: string;
      company?: string;
      line1: string;
      line2?: string;
      city: string;
      region?: string;
      postcode?: string;
      country: string;
      phone?: string;
      email?: string;
    };
    AuditEntry: {
      at: string;
      topic: "settings" | "members" | "keys" | "webhooks" | "catalogue" | "secrets" | "secret_use" | "personal_data";
      kind: string;
      text: string;
      actor: string;
      by: components["schemas"]["Actor"];
      subject: string;
      /** What it is about, where that has an id and is still here */
      on: { id: string; name: string } | null;
      changes: { name: string; from: unknown; to: unknown }[];
      details: { [name: string]: unknown };
    };
    OrderState: { id: string; number: string; headline: components["schemas"]["Headline"]; version: number };
    ChannelWebhooks: {
      /** Where the channel sends; null: never switched on */
      address: string | null;
      on: boolean;
      /** When the channel was last told; null: it is about to be */
      told_at: string | null;
      problem: string | null;
      /** The last message, to the minute */
      last_at: string | null;
    };
    UnreadMessage: {
      id: string;
      channel: string;
      /** The channel's own id of it */
      event: string;
      received_at: string;
      problem: string;
    };
    /** How each is done says `resolve_by` of GET /v1/reasons */
    ResolveAction:
      | "release"
      | "cancel"
      | "edit_address"
      | "edit_lines"
      | "link_sku"
      | "choose_supplier"
      | "top_up"
      | "raise_limit"
      | "reenter_credentials"
      | "confirm_bought"
      | "confirm_not_bought"
      | "take_over"
      | "map_shipping"
      | "accept_change"
      | "keep_ours"
      | "accept_cancellation"
      | "refuse_cancellation"
      | "add_tracking"
      | "confirm_tracking"
      | "resend"
      | "dismiss"
      | "void_label";
    FulfillmentOrderRow: {
      id: string;
      no: number;
      state: string;
      order: { id: string; number: string; headline: string };
      supplier: { id: string; name: string } | null;
      supplier_order_id: string | null;
      placed_by: ("machine" | "person") | null;
      claimed_by: string | null;
      place_after: string | null;
      placed_at: string | null;
      ship_by: string | null;
      lines: { supplier_sku: string | null; quantity: number; units: number; units_shipped: number }[];
    };
    /** A JSON Schema of the settings by their dotted names, each with title, description and default. `format` says how one is typed: duration-ms, decimal, currency, time-zone, countries, date-time, folder; `x-none` what null means; `x-second-factor` that a person with a second factor changes it. */
    SettingsForm: {
      type: "object";
      properties: { [name: string]: { [name: string]: unknown } };
      patternProperties: { [name: string]: { [name: string]: unknown } };
      required: string[];
      additionalProperties: false;
    };
    Settings: {
      /** What holds now, by dotted name; `connector.…` are its connector's */
      settings: { [name: string]: unknown };
      /** Names of those that are not as the product has them by itself */
      changed: string[];
      schema: components["schemas"]["SettingsForm"];
      /** The ETag of this answer, for If-Match with an edit */
      etag: string;
    };
    SupplierCapabilities: {
      tracking: "poll" | "push" | "by_hand";
      stock: boolean;
      quote: boolean;
      cancel: boolean;
      list: boolean;
      acknowledges: boolean;
    };
    PlacingContract: {
      /** What keeps a purchase from being made twice */
      kind: "key" | "lookup" | "none" | "human";
      lookup_lag_ms: number;
      most_in_flight_ms: number;
      key_window_ms: number | null;
      cancellable: "api" | "human" | "no";
      money_point: "place" | "confirm" | "pay";
      tested_on: string;
    };
    SupplierAccount: {
      id: string;
      name: string;
      active: boolean;
      payment: string;
      currency: string;
      credentials_rejected_at: string | null;
      /** The breaker: nothing is placed on it before */
      paused_until: string | null;
      /** Outcomes in a row that nobody knows; three open the breaker */
      recent_unknowns: number;
      /** Purchases under way or of unknown outcome */
      unsettled: number;
      /** When its secrets were last opened for a call */
      last_call_at: string | null;
      last_purchase_at: string | null;
      /** null for whoever may not see money */
      balance: { available: string; held: string; owed: string; action_credits: string | null } | null;
    };
    SupplierDetail: {
      id: string;
      name: string;
      kind: string;
      title: string;
      role: "supplier" | "prep";
      enabled: boolean;
      last_problem: string | null;
      /** null: its connector is not installed here */
      capabilities: components["schemas"]["SupplierCapabilities"] | null;
      contract: components["schemas"]["PlacingContract"] | null;
      scan: { first_ms: number; every_ms: number; until_ms: number };
      accounts: components["schemas"]["SupplierAccount"][];
      /** The newest documents it sent; rows that could not be read lie in its inbox/rejected */
      files: { name: string; kind: string; rows: number; refused: number; at: string }[];
      /** The newest purchase order files for it */
      documents: {
        name: string;
        state: "open" | "sent" | "void";
        at: string;
        sent_at: string | null;
        purchase_orders: number;
        /** GET …/{id}/document of it is the file */
        fulfillment_order: string | null;
      }[];
    };
    DeskRow: {
      id: string;
      no: number;
      state:
        | "ready"
        | "printed"
        | "collecting"
        | "placed"
        | "acknowledged"
        | "partially_shipped"
        | "shipped"
        | "delivered"
        | "completed"
        | "cancelled";
      order_number: string;
      supplier: { id: string; name: string; role: "supplier" | "prep" };
      reference: string | null;
      method: string | null;
      ship_by: string | null;
      placed_at: string | null;
      lines: {
        supplier_sku: string;
        title: string;
        units: number;
        units_cancelled: number;
        units_shipped: number;
        units_collected: number;
      }[];
    };
    DeskDetail: {
      id: string;
      no: number;
      state:
        | "ready"
        | "printed"
        | "collecting"
        | "placed"
        | "acknowledged"
        | "partially_shipped"
        | "shipped"
        | "delivered"
        | "completed"
        | "cancelled";
      order_number: string;
      supplier: { id: string; name: string; role: "supplier" | "prep" };
      reference: string | null;
      method: string | null;
      ship_by: string | null;
      placed_at: string | null;
      lines: {
        supplier_sku: string;
        title: string;
        units: number;
        units_cancelled: number;
        units_shipped: number;
        units_collected: number;
      }[];
      /** null once nothing is to be sent there */
      ship_to: {
        name: string;
        company: string;
        line1: string;
        line2: string;
        city: string;
        region: string;
        postcode: string;
        country: string;
        phone: string;
      } | null;
      parcels: { carrier: string; tracking_number: string; state: string; shipped_at: string }[];
      actions: {
        print: components["schemas"]["Verdict"];
        collect: components["schemas"]["Verdict"];
        uncollect: components["schemas"]["Verdict"];
        back: components["schemas"]["Verdict"];
        put_back: components["schemas"]["Verdict"];
        ship: components["schemas"]["Verdict"];
        add_tracking: components["schemas"]["Verdict"];
        accept: components["schemas"]["Verdict"];
        cannot_send: components["schemas"]["Verdict"];
      };
    };
    HealthCheck: {
      code: "safe_mode" | "database" | "schema" | "clock" | "workers" | "gate" | "mail";
      title: string;
      status: "ok" | "warning" | "broken";
      says: string;
      /** The way out; null where nothing is to be done */
      next: string | null;
    };
    Import: {
      id: string;
      kind: string;
      file: string;
      by: string;
      started_at: string;
      finished_at: string | null;
      rows: number;
      stored: number;
      refused: number;
      set_aside: number;
      problem: string | null;
    };
    ImportedFile: {
      /** null: nothing was stored */
      id: string | null;
      rows: number;
      /** In a dry run: rows that could be stored */
      stored: number;
      refused: number;
      set_aside: number;
      /** What came of the rows, by name */
      summary: { [name: string]: number };
      read_as: { part: string; value: string; why: string }[];
      /** What the file leaves open: say it in `map`, then it can be read */
      open: { line: number; column: number; header: string; found: string; expected: string }[];
      hints: string[];
      /** The first 50 of what is wrong with its rows */
      problems: { line: number; column: number; header: string; found: string; expected: string }[];
    };
    ApiKey: {
      /** 12 hex digits: the part of the key that names it */
      id: string;
      name: string;
      role: "owner" | "admin" | "staff" | "viewer" | "operator" | "prep" | "supplier";
      /** What of its role it may; null: all */
      scopes:
        | (
            | "reference.read"
            | "orders.read"
            | "orders.change"
            | "orders.note"
            | "orders.place"
            | "shipments.enter"
            | "shipments.change"
            | "desk.read"
            | "prep.pack"
            | "set_up.read"
            | "set_up.change"
            | "money.read"
            | "money.change"
            | "imports.read"
            | "imports.change"
            | "members.read"
            | "members.change"
            | "owners.change"
            | "settings.read"
            | "settings.change"
            | "secrets.change"
            | "keys.read"
            | "keys.change"
            | "audit.read"
            | "webhooks.read"
            | "webhooks.change"
            | "events.read"
            | "buyers.erase"
          )[]
        | null;
      suppliers: { id: string; name: string }[];
      state: "active" | "expired" | "revoked";
      created_at: string;
      expires_at: string | null;
      /** To the minute */
      last_used_at: string | null;
      revoked_at: string | null;
    };
    /** newest and oldest by when it came in; ship_by earliest first, those without one last; total most first, by the number alone */
    OrderSort: "newest" | "oldest" | "ship_by" | "total";
    /** Exact up to 1000 */
    FoundCount: { orders: number; or_more: boolean };
    SearchWords: { key: string; value: string; word: string }[];
    /** dismiss closes holds of that reason; assign and snooze are about the open holds of that reason, or all of an order; null takes it back. */
    JobAction:
      | { action: "release" }
      | { action: "process" }
      | { action: "hold"; note?: string }
      | { action: "unhold" }
      | { action: "cancel" }
      | { action: "choose_supplier"; supplier: string }
      | { action: "dismiss"; reason: components["schemas"]["ReasonCode"] }
      | { action: "resend_tracking" }
      | { action: "assign"; to: string | null; reason?: components["schemas"]["ReasonCode"] }
      | { action: "snooze"; until: string | null; reason?: components["schemas"]["ReasonCode"] };
    /** Up to 10000 by id; or all that these search words find, up to 50000, done in the order of `sort`. */
    JobOrders:
      | { ids: string[] }
      | {
          /** Words such as channel:ebay due:today supplier:"Blue Kestrel", and text. state: a state such as waiting, or several divided by commas; reason: a reason such as out_of_stock; channel: a channel's name or the beginning of it, its kind or its id; supplier: a supplier's name or the beginning of it, its kind or its id; country: a country of two letters, such as DE; sku: a SKU, exact; due: today, tomorrow, or a day such as 2026-11-22; received: today, or a day such as 2026-11-22; owner: me, none, or a member's id; is: late, snoozed, awake or not_told. Text is a number, channel order id, tracking number, supplier's order id or SKU, exact; or the beginning of a number, a name or a surname. Where more than 2,000 orders have the SKU or the name, 2,000 of them are searched: give more letters, or the number */
          words: string;
          sort?: components["schemas"]["OrderSort"];
        };
    Job: {
      id: string;
      action:
        | "release"
        | "process"
        | "hold"
        | "unhold"
        | "cancel"
        | "choose_supplier"
        | "dismiss"
        | "resend_tracking"
        | "assign"
        | "snooze";
      parameters: { [name: string]: string | null };
      words: string | null;
      started_by: string;
      state: "running" | "done" | "cancelled";
      stopped_why: string | null;
      orders: number;
      rows: { waiting: number; ok: number; refused: number; skipped: number };
      created_at: string;
      finished_at: string | null;
    };
    JobRow: {
      no: number;
      order: { id: string; number: string };
      state: "waiting" | "ok" | "refused" | "skipped";
      code: string | null;
      message: string | null;
      at: string | null;
    };
    JobPreview: {
      orders: number;
      checked: number;
      valid: number;
      invalid: { code: string; why: string; skipped: boolean; orders: number; examples: string[] }[];
      commits: {
        purchase_orders: number;
        suppliers: { name: string; purchase_orders: number; total: components["schemas"]["Money"][] }[];
        total: components["schemas"]["Money"][];
        above_limit: number;
        still_held: { code: components["schemas"]["ReasonCode"]; title: string; orders: number }[];
      } | null;
    };
    /** The data of the live event `orders` */
    LiveOrders: {
      at: string;
      orders: { id: string; number: string; headline: components["schemas"]["Headline"]; version: number }[];
      /** More orders changed than are named here: read the lists anew */
      more: boolean;
    };
    /** The data of the live event `counts` */
    LiveCounts: {
      total: number;
      headlines: { [name in components["schemas"]["Headline"]]?: number };
      reasons: { [name in components["schemas"]["ReasonCode"]]?: number };
    };
    Member: {
      id: string;
      name: string;
      email: string;
      role: "owner" | "admin" | "staff" | "viewer" | "operator" | "prep" | "supplier";
      suppliers: { id: string; name: string }[];
      second_factor: boolean;
      member_since: string;
    };
    OrderNote: { id: string; text: string; erased: boolean; author: components["schemas"]["Actor"]; at: string };
    Attachment: {
      id: string;
      name: string;
      media_type: string;
      size: number;
      sha256: string;
      author: components["schemas"]["Actor"];
      at: string;
    };
    AttentionGroup: {
      code: components["schemas"]["ReasonCode"];
      title: string;
      next: string;
      group: string;
      acts: string;
      orders: number;
      or_more: boolean;
      oldest: string;
      ship_by: string | null;
      at_stake: components["schemas"]["Money"][];
      words: string;
    };
    OrderEvent: {
      seq: number;
      at: string;
      kind: string;
      subject: string;
      subject_id: string | null;
      from: string | null;
      to: string | null;
      actor: string;
      by: components["schemas"]["Actor"];
      text: string;
      note: string | null;
      data: { [name: string]: unknown } | null;
    };
    OrderPart: {
      id: string;
      no: number;
      state: string;
      headline: components["schemas"]["Headline"];
      title: string;
      supplier: { id: string; name: string } | null;
      placed_by: ("machine" | "person" | "both") | null;
      place_after: string | null;
      ship_by: string | null;
    };
    OrderRow: {
      id: string;
      number: string;
      channel: { id: string; name: string; kind: string };
      channel_order_id: string;
      headline: components["schemas"]["Headline"];
      title: string;
      hint: string;
      reason: {
        code: components["schemas"]["ReasonCode"];
        title: string;
        since: string;
        owner: string | null;
        snoozed_until: string | null;
      } | null;
      sourcing: {
        code:
          | "needs_attention"
          | "checking"
          | "with_our_team"
          | "in_process"
          | "new"
          | "on_hold"
          | "review"
          | "awaiting_payment"
          | "stand_by"
          | "waiting"
          | "at_prep"
          | "ordered"
          | "partly_shipped"
          | "shipped"
          | "delivered"
          | "completed"
          | "cancelled"
          | "sourced";
        title: string;
        hint: string;
      };
      shipping: {
        code: "not_shipped" | "partly_shipped" | "shipped" | "delivered" | "nothing";
        title: string;
        hint: string;
      };
      items: { sku: string; title: string; quantity: number; lines: number } | null;
      parts: components["schemas"]["OrderPart"][];
      placed_by: ("machine" | "person" | "both") | null;
      payment: string;
      total: components["schemas"]["Money"] | null;
      profit: components["schemas"]["Money"] | null;
      profit_unknown_because: string | null;
      country: string;
      ordered_at: string | null;
      received_at: string;
      ship_by: string | null;
      leaves_buffer_at: string | null;
      actions: {
        release: components["schemas"]["Verdict"];
        hold: components["schemas"]["Verdict"];
        unhold: components["schemas"]["Verdict"];
        edit: components["schemas"]["Verdict"];
        cancel: components["schemas"]["Verdict"];
      };
      version: number;
    };
    Hold: {
      id: string;
      code: components["schemas"]["ReasonCode"];
      title: string;
      what: string;
      next: string;
      resolve_with: components["schemas"]["ResolveAction"][];
      on: { subject: "order" | "line" | "fulfillment_order" | "shipment"; id: string };
      acts: string;
      made_by: "machine" | "person";
      clears_itself: boolean;
      waits_for: string | null;
      detail: { [name: string]: unknown };
      opened_at: string;
      opened_by: string;
      owner: string | null;
      snoozed_until: string | null;
      actions: { dismiss: components["schemas"]["Verdict"]; answer: components["schemas"]["Verdict"] };
    };
    Attempt: {
      no: number;
      kind: string;
      state: "armed" | "unknown" | "placed" | "refused" | "void";
      reference: string;
      account: { id: string; name: string } | null;
      armed_at: string;
      settles_at: string;
      closed_at: string | null;
      expected: components["schemas"]["Money"];
      at_most: components["schemas"]["Money"];
      cost: components["schemas"]["Money"] | null;
      cost_is: ("expected" | "confirmed") | null;
      supplier_order_id: string | null;
      reason: { code: components["schemas"]["ReasonCode"]; title: string } | null;
      actor: string;
      evidence: { kind: string; source: string; at: string }[];
      actions: {
        confirm_bought: components["schemas"]["Verdict"];
        confirm_not_bought: components["schemas"]["Verdict"];
      };
    };
    FulfillmentOrderDetail: {
      id: string;
      no: number;
      state: string;
      headline: components["schemas"]["Headline"];
      title: string;
      hint: string;
      supplier: { id: string; name: string; kind: string; role: "supplier" | "prep" } | null;
      supplier_chosen_by_person: boolean;
      account: { id: string; name: string } | null;
      method: string | null;
      placed_by: ("machine" | "person" | "both") | null;
      claimed_by: string | null;
      replaces: string | null;
      place_after: string | null;
      placed_at: string | null;
      acknowledged_at: string | null;
      backordered_until: string | null;
      delivered_at: string | null;
      next_look_at: string | null;
      looks: number;
      ship_by: string | null;
      expected: { goods: components["schemas"]["Money"]; shipping: components["schemas"]["Money"] } | null;
      lines: {
        no: number;
        order_line_no: number;
        component_no: number;
        supplier_sku: string | null;
        quantity: number;
        quantity_cancelled: number;
        units: number;
        units_cancelled: number;
        units_placed: number;
        units_shipped: number;
        units_collected: number;
        unit_cost: string | null;
      }[];
      attempts: components["schemas"]["Attempt"][];
      decision: {
        kind: string;
        at: string;
        considered: {
          line_no: number;
          component_no: number;
          chosen: string | null;
          candidates: { supplier: string; supplier_sku: string; unit_cost: string; priority: number }[];
          rejected: { supplier: string; supplier_sku: string; why: string; title: string }[];
        }[];
      } | null;
      cancel_reach: "free" | "prep" | "doubt" | "supplier" | "gone";
      actions: {
        choose_supplier: components["schemas"]["Verdict"];
        take_over: components["schemas"]["Verdict"];
        placed: components["schemas"]["Verdict"];
        not_placed: components["schemas"]["Verdict"];
        give_back: components["schemas"]["Verdict"];
        add_tracking: components["schemas"]["Verdict"];
        accept: components["schemas"]["Verdict"];
        cannot_send: components["schemas"]["Verdict"];
        confirm_tracking: components["schemas"]["Verdict"];
        supplier_answered: components["schemas"]["Verdict"];
        print: components["schemas"]["Verdict"];
        collect: components["schemas"]["Verdict"];
        uncollect: components["schemas"]["Verdict"];
        back: components["schemas"]["Verdict"];
        put_back: components["schemas"]["Verdict"];
        ship: components["schemas"]["Verdict"];
      };
    };
    ShipmentDetail: {
      id: string;
      fulfillment_order: string;
      no: number;
      source: string;
      shipped_at: string;
      lines: { fulfillment_order_line_no: number; units: number }[];
      parcels: {
        no: number;
        carrier: string;
        tracking_number: string;
        state: string;
        state_at: string | null;
        accepted: boolean;
        shared: boolean;
        write_backs: {
          state: string;
          revision: number;
          tries: number;
          message: string | null;
          told_at: string | null;
          next_try_at: string | null;
          lines: { line_no: number; quantity: number }[];
        }[];
        actions: {
          confirm_shared: components["schemas"]["Verdict"];
          correct: components["schemas"]["Verdict"];
          delivered: components["schemas"]["Verdict"];
        };
      }[];
      actions: { resend: components["schemas"]["Verdict"]; told_by_hand: components["schemas"]["Verdict"] };
    };
    Order: {
      id: string;
      number: string;
      channel: { id: string; name: string; kind: string };
      channel_order_id: string;
      headline: components["schemas"]["Headline"];
      title: string;
      hint: string;
      origin: string;
      payment: string;
      risk: string;
      placed_by: ("machine" | "person" | "both") | null;
      ordered_at: string | null;
      received_at: string;
      paid_at: string | null;
      ship_by: string | null;
      shipping_method: string | null;
      released: { at: string; by: string | null } | null;
      channel_version: number;
      version: number;
      ship_to: components["schemas"]["Address"] | null;
      note: string | null;
      lines: {
        no: number;
        channel_line_id: string;
        sku: string;
        title: string;
        kind: string;
        fulfilled_by: string;
        quantity: number;
        quantity_on_channel: number;
        cancelled: number;
        fulfilled_elsewhere: number;
        /** What the buyer paid; null for a role that does not see it */
        unit_price: string | null;
      }[];
      fulfillment_orders: components["schemas"]["FulfillmentOrderDetail"][];
      /** The most important one first: the headline is of it */
      holds: components["schemas"]["Hold"][];
      shipments: components["schemas"]["ShipmentDetail"][];
      cancellations: {
        no: number;
        asked_by: string;
        state: string;
        lines: { line_no: number; quantity: number }[];
        opened_at: string;
        answered_at: string | null;
        answered_by: string | null;
        asks: { fulfillment_order: string; state: string }[];
        told: string | null;
        told_message: string | null;
        actions: {
          accept: components["schemas"]["Verdict"];
          refuse: components["schemas"]["Verdict"];
          resend: components["schemas"]["Verdict"];
          told_by_hand: components["schemas"]["Verdict"];
        };
      }[];
      edits: {
        field: string;
        line_no: number | null;
        replaced: { [name: string]: unknown };
        value: { [name: string]: unknown };
        by: string;
        at: string;
      }[];
      money: {
        sold: components["schemas"]["Money"];
        goods: components["schemas"]["Money"][];
        shipping: components["schemas"]["Money"][];
        fees: components["schemas"]["Money"];
        refunds: components["schemas"]["Money"];
        profit: components["schemas"]["Money"] | null;
        profit_unknown_because: string | null;
      } | null;
      /** Who the actors in this answer are */
      actors: { [name: string]: components["schemas"]["Actor"] };
      actions: {
        release: components["schemas"]["Verdict"];
        hold: components["schemas"]["Verdict"];
        unhold: components["schemas"]["Verdict"];
        edit: components["schemas"]["Verdict"];
        cancel: components["schemas"]["Verdict"];
      };
    };
    NewOrder: {
      channel: string;
      number: string;
      ordered_at?: string;
      currency: string;
      payment: "pending" | "authorized" | "paid" | "refunded" | "voided";
      paid_at?: string;
      ship_to: components["schemas"]["NewAddress"];
      shipping_method?: string;
      ship_by?: string;
      note?: string;
      buyer_id?: string;
      shipping_paid?: string;
      total?: string;
      lines: {
        id?: string;
        sku: string;
        title?: string;
        quantity: number;
        unit_price: string;
        kind?: "goods" | "shipping" | "fee" | "discount" | "gift_card" | "download";
      }[];
    };
    OverviewDay: {
      /** In the workspace's zone, such as 2026-11-22 */
      day: string;
      received: number;
      /** Orders of which the first parcel left */
      left: number;
      /** Of these, those that nobody released, edited, placed or typed a tracking number for */
      left_by_itself: number;
    };
    OverviewDuration: {
      median_seconds: number;
      /** Nine of ten take no longer */
      slow_seconds: number;
    } | null;
    Secret: {
      name: string;
      title: string;
      help: string;
      required: boolean;
      is_set: boolean;
      set_at: string | null;
      set_by: string | null;
      last_used_at: string | null;
      last_used_for: string | null;
    };
    Session: {
      version: string;
      /** Nobody has made the first account yet */
      set_up_needed: boolean;
      /** Why nothing is bought at present */
      safe_mode: string | null;
      user: { id: string; name: string; email: string; second_factor: boolean } | null;
      /** The sandbox's visitor on this very machine: no account is needed */
      is_visitor: boolean;
      workspace: {
        id: string;
        slug: string;
        name: string;
        kind: "own" | "sandbox";
        currency: string;
        zone: string;
        ordering_team: boolean;
      } | null;
      role: ("owner" | "admin" | "staff" | "viewer" | "operator" | "prep" | "supplier") | null;
      permissions: string[];
      /** Whose work they see and do; null: everybody's */
      suppliers: { id: string; name: string; role: "supplier" | "prep" }[] | null;
      workspaces: {
        id: string;
        slug: string;
        name: string;
        kind: "own" | "sandbox";
        role: "owner" | "admin" | "staff" | "viewer" | "operator" | "prep" | "supplier";
      }[];
    };
    ProductLink: {
      sku: string;
      channel: string | null;
      nothing_to_ship: boolean;
      options: {
        component: number;
        supplier: string;
        supplier_sku: string;
        units: number;
        per: number;
        unit_cost: string;
        currency: string;
        priority: number;
        max_unit_cost: string | null;
      }[];
      updated_at: string;
    };
    NewProductLink: {
      sku: string;
      /** null: for every channel */
      channel?: string | null;
      nothing_to_ship?: boolean;
      options?: {
        component?: number;
        supplier: string;
        supplier_sku: string;
        /** So many supplier units … */
        units?: number;
        /** … make so many channel units */
        per?: number;
        unit_cost: string;
        currency: string;
        /** Lower is asked first */
        priority?: number;
        max_unit_cost?: string | null;
      }[];
    };
    ShipmentRow: {
      id: string;
      order: { id: string; number: string };
      fulfillment_order: string;
      channel: string;
      supplier: string | null;
      source: string;
      shipped_at: string;
      ship_by: string | null;
      parcels: { carrier: string; tracking_number: string; state: string; accepted: boolean }[];
      channel_knows:
        | "told"
        | "waiting"
        | "armed"
        | "unknown"
        | "by_hand"
        | "refused"
        | "waits_for_rest"
        | "not_needed"
        | "nothing_to_tell";
      message: string | null;
    };
    View: {
      id: string;
      name: string;
      locked: boolean;
      shared: boolean;
      words: string;
      sort: components["schemas"]["OrderSort"];
      columns: (
        | "items"
        | "channel"
        | "status"
        | "reason"
        | "owner"
        | "payment"
        | "sourcing"
        | "shipping"
        | "suppliers"
        | "placed_by"
        | "country"
        | "total"
        | "profit"
        | "ship_by"
        | "countdown"
        | "received"
        | "ordered"
      )[];
      position: number;
      version: number;
    };
    CountedView: {
      id: string;
      name: string;
      locked: boolean;
      shared: boolean;
      words: string;
      sort: components["schemas"]["OrderSort"];
      columns: (
        | "items"
        | "channel"
        | "status"
        | "reason"
        | "owner"
        | "payment"
        | "sourcing"
        | "shipping"
        | "suppliers"
        | "placed_by"
        | "country"
        | "total"
        | "profit"
        | "ship_by"
        | "countdown"
        | "received"
        | "ordered"
      )[];
      position: number;
      version: number;
      /** Exact up to 1000, beyond that where counters know it; null: its words are understood no more */
      count: { orders: number; or_more: boolean } | null;
    };
    NewView: {
      name: string;
      /** Words such as channel:ebay due:today supplier:"Blue Kestrel", and text. state: a state such as waiting, or several divided by commas; reason: a reason such as out_of_stock; channel: a channel's name or the beginning of it, its kind or its id; supplier: a supplier's name or the beginning of it, its kind or its id; country: a country of two letters, such as DE; sku: a SKU, exact; due: today, tomorrow, or a day such as 2026-11-22; received: today, or a day such as 2026-11-22; owner: me, none, or a member's id; is: late, snoozed, awake or not_told. Text is a number, channel order id, tracking number, supplier's order id or SKU, exact; or the beginning of a number, a name or a surname. Where more than 2,000 orders have the SKU or the name, 2,000 of them are searched: give more letters, or the number */
      words?: string;
      sort?: components["schemas"]["OrderSort"];
      columns?: (
        | "items"
        | "channel"
        | "status"
        | "reason"
        | "owner"
        | "payment"
        | "sourcing"
        | "shipping"
        | "suppliers"
        | "placed_by"
        | "country"
        | "total"
        | "profit"
        | "ship_by"
        | "countdown"
        | "received"
        | "ordered"
      )[];
      position?: number;
      shared?: boolean;
    };
    ViewChange: {
      name?: string;
      /** Words such as channel:ebay due:today supplier:"Blue Kestrel", and text. state: a state such as waiting, or several divided by commas; reason: a reason such as out_of_stock; channel: a channel's name or the beginning of it, its kind or its id; supplier: a supplier's name or the beginning of it, its kind or its id; country: a country of two letters, such as DE; sku: a SKU, exact; due: today, tomorrow, or a day such as 2026-11-22; received: today, or a day such as 2026-11-22; owner: me, none, or a member's id; is: late, snoozed, awake or not_told. Text is a number, channel order id, tracking number, supplier's order id or SKU, exact; or the beginning of a number, a name or a surname. Where more than 2,000 orders have the SKU or the name, 2,000 of them are searched: give more letters, or the number */
      words?: string;
      sort?: components["schemas"]["OrderSort"];
      columns?: (
        | "items"
        | "channel"
        | "status"
        | "reason"
        | "owner"
        | "payment"
        | "sourcing"
        | "shipping"
        | "suppliers"
        | "placed_by"
        | "country"
        | "total"
        | "profit"
        | "ship_by"
        | "countdown"
        | "received"
        | "ordered"
      )[];
      position?: number;
      shared?: boolean;
    };
    SearchHit: {
      found: string;
      order: { id: string; number: string; headline: components["schemas"]["Headline"]; title: string };
    };
    Webhook: {
      id: string;
      url: string;
      description: string;
      events: string[];
      enabled: boolean;
      disabled: { at: string; why: "by_person" | "gone" | "failing" } | null;
      failures: number;
      failing_since: string | null;
      paused_until: string | null;
      last_success_at: string | null;
      old_secret_until: string | null;
      waiting: number;
      given_up: number;
      created_at: string;
      created_by: string;
    };
    WebhookWithSecret: {
      webhook: components["schemas"]["Webhook"];
      /** `whsec_…`, to check signatures with. Shown now and never again; a repetition of the request gets null. */
      secret: string | null;
    };
    WebhookDelivery: {
      id: string;
      message_id: string;
      type: string;
      occurred_at: string;
      created_at: string;
      state: "waiting" | "delivered" | "given_up";
      next_try_at: string | null;
      attempts: number;
      last_status: number | null;
      last_problem: string | null;
      ended_at: string | null;
    };
    Invitation: {
      id: string;
      email: string;
      role: "owner" | "admin" | "staff" | "viewer" | "operator" | "prep" | "supplier";
      suppliers: { id: string; name: string }[];
      invited_by: string;
      expires_at: string;
    };
  };
}
