# The passwords of these service accounts never expire, whatever their number.
resource "entraid_users_password_never_expires" "services" {
  user_ids = [
    "5bac0000-5e7d-4b20-8f3c-4d8b9e0f1a23",
    "5ca00000-6f8e-4c31-904d-5e9c0f1a2b34",
    "1e6ac000-709f-4d42-a15e-6fad1a2b3c45",
  ]

  # Nobody else's may: the plan shows a newcomer by its object id, and apply
  # takes the setting away. Without this line, others are not looked at.
  exclusive = true
}
