import {
  to = entraid_sspr_on_premises_policy.this
  identity = {
    tenant_id = "c0a70500-0c1e-4b7a-9d3c-5e2a8f6b1d40"
  }
}
