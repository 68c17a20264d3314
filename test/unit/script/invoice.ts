/** The script that every reader of the language must take as it stands. */
export const INVOICE = `script "invoice-parser"
version "0.1.0"

input
  invoice_id: text

output
  invoice_id: text
  approved: boolean

let label = "Invoice {invoice_id}"

ask "Approve?" -> answer
  prompt = "{label}: approve?"
  type = text
  options = ["approve", "reject"]
  timeout = "24h"
  max_retries = 2

emit
  invoice_id = invoice_id
  approved = answer.value == "approve"
`;
