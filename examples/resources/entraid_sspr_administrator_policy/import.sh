# The id is that of the tenant.
terraform import entraid_sspr_administrator_policy.this c0a70500-0c1e-4b7a-9d3c-5e2a8f6b1d40
