import {
  to = entraid_user_password_never_expires.backup
  identity = {
    user_id = "5bac0000-5e7d-4b20-8f3c-4d8b9e0f1a23"
  }
}
