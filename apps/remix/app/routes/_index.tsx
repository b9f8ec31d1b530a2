export default function Index() {
  return <p>Webhooks are received at /webhooks/stripe.</p>
}
