import "@fontsource-variable/inter/index.css";
import "./app/mantine.css";
import "./app/app.css";
import "./i18n.ts";
import { MantineProvider } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { setNonce } from "get-nonce";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { Notices } from "./app/notices.tsx";
import { queries } from "./app/queries.ts";
import { router } from "./app/router.tsx";
import { theme, variables } from "./app/theme.ts";
import { KeysProvider } from "./parts/keys.tsx";

/** The page's policy lets only those styles in that carry its nonce: Mantine's variables and the scroll lock of drawers are made by script. */
const nonce = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? "";
setNonce(nonce);

createRoot(document.getElementById("root")!).render(
  <StrictMode>
    <MantineProvider
      theme={theme}
      cssVariablesResolver={variables}
      defaultColorScheme="auto"
      getStyleNonce={() => nonce}
    >
      <QueryClientProvider client={queries}>
        <KeysProvider>
          <Notices />
          <RouterProvider router={router} />
        </KeysProvider>
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
