// Who opens a link and has to sign in first comes back to the first page: the link is kept in this tab meanwhile.
const KEPT = "discovery.asked_for";

export default function ({ data }) {
  const here = location.pathname + location.search;
  if (!data.signed_in) {
    sessionStorage.setItem(KEPT, here);
    return;
  }
  const wanted = sessionStorage.getItem(KEPT);
  sessionStorage.removeItem(KEPT);
  const asked = wanted && !(wanted.endsWith("/") && !wanted.includes("?"));
  if (asked && wanted !== here) {
    // With the origin before it a path can't lead to another host.
    location.replace(location.origin + wanted);
  }
}
