import { useParams } from "@tanstack/react-router";
import { OrderView } from "./order-view.tsx";

export function OrderPage() {
  const { order } = useParams({ from: "/$workspace/orders/$order" });
  return (
    <main id="content" style={{ overflow: "auto", minHeight: 0, maxWidth: 960 }}>
      <OrderView id={order} />
    </main>
  );
}
