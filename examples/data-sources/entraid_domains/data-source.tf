# The domains whose password expiration can be set.
data "entraid_domains" "manageable" {
  managed_only  = true
  verified_only = true
  root_only     = true
}

# Those in which passwords still expire.
output "domains_with_expiring_passwords" {
  value = {
    for domain in data.entraid_domains.manageable.domains :
    domain.id => domain.validity_period_in_days
    if domain.never_expires == false
  }
}
