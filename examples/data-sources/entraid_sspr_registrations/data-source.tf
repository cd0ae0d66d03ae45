# Everybody whom the policy allows to reset a forgotten password.
data "entraid_sspr_registrations" "allowed" {
  enabled = true
}

# Those of them who could not do so today, and what they have registered.
output "not_registered_yet" {
  value = {
    for user in data.entraid_sspr_registrations.allowed.registrations :
    user.user_principal_name => user.methods
    if !user.registered
  }
}

# A warning in each plan until nine in ten are ready.
check "most_people_can_reset_their_password" {
  assert {
    condition     = data.entraid_sspr_registrations.allowed.registered_count >= 0.9 * data.entraid_sspr_registrations.allowed.total_count
    error_message = "Only ${data.entraid_sspr_registrations.allowed.registered_count} of ${data.entraid_sspr_registrations.allowed.total_count} people are registered for self-service password reset."
  }
}
