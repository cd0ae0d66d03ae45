# Each part of the baseline is one variable. Null leaves the part to whoever
# manages it today: the module then neither reads nor writes it.

variable "self_service_password_reset" {
  description = <<-EOT
    Who may reset their own password, and how. Null leaves the policy alone.
    Reading and writing it takes a signed-in user; see the guide "Signing in".
  EOT
  type = object({
    enabled_for             = optional(string, "all")
    group_id                = optional(string)
    methods_required        = optional(number, 2)
    required_at_sign_in     = optional(bool, true)
    reconfirm_after_in_days = optional(number, 180)
    notify_users            = optional(bool, true)
    notify_administrators   = optional(bool, true)
    helpdesk_contact        = optional(string)
  })
  default = {}

  validation {
    condition = var.self_service_password_reset == null ? true : (
      contains(["none", "selected", "all"], var.self_service_password_reset.enabled_for)
    )
    error_message = "The value of enabled_for must be \"none\", \"selected\" or \"all\"."
  }

  validation {
    condition = var.self_service_password_reset == null ? true : (
      (var.self_service_password_reset.enabled_for == "selected") == (var.self_service_password_reset.group_id != null)
    )
    error_message = "Give a group_id where enabled_for is \"selected\", and nowhere else."
  }

  validation {
    condition = var.self_service_password_reset == null ? true : (
      contains([1, 2], var.self_service_password_reset.methods_required)
    )
    error_message = "The value of methods_required must be 1 or 2."
  }

  validation {
    condition = var.self_service_password_reset == null ? true : (
      var.self_service_password_reset.reconfirm_after_in_days >= 0 &&
      var.self_service_password_reset.reconfirm_after_in_days <= 730
    )
    error_message = "The value of reconfirm_after_in_days must be between 0 (never) and 730."
  }
}

variable "on_premises_integration" {
  description = <<-EOT
    Whether a password that is reset in the cloud is written back to the on-premises directory, and whether users may
    unlock their account there. Null, the default, leaves both alone. It takes a signed-in user, as the policy above does.
  EOT
  type = object({
    password_writeback = optional(bool, true)
    account_unlock     = optional(bool, true)
  })
  default = null
}

variable "administrators_may_reset_own_password" {
  description = "Whether administrators may reset their own password. Null, the default, leaves the switch alone."
  type        = bool
  default     = null
}

variable "password_expiration" {
  description = <<-EOT
    When passwords expire, in every domain that can take such a setting. Without a period they never expire.
    Domains in excluded_domains are left alone; null leaves all domains alone.
  EOT
  type = object({
    validity_period_in_days     = optional(number)
    notification_window_in_days = optional(number, 14)
    excluded_domains            = optional(set(string), [])
  })
  default = {}

  validation {
    condition = try(var.password_expiration.validity_period_in_days, null) == null ? true : (
      var.password_expiration.validity_period_in_days >= 14 && var.password_expiration.validity_period_in_days <= 730
    )
    error_message = "The value of validity_period_in_days must be between 14 and 730, or left out."
  }

  validation {
    condition = var.password_expiration == null ? true : (
      var.password_expiration.notification_window_in_days >= 1 &&
      var.password_expiration.notification_window_in_days <= min(30, coalesce(var.password_expiration.validity_period_in_days, 30))
    )
    error_message = "The value of notification_window_in_days must be between 1 and 30, and not longer than the period."
  }
}

variable "service_accounts" {
  description = <<-EOT
    Accounts whose password never expires, whatever their domain says. The keys are names of your choice that stay when
    an account is renamed; the values are user principal names or object ids.
  EOT
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition = alltrue([
      for user in values(var.service_accounts) :
      can(regex("^([^@\\s]+@[^@\\s]+|[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12})$", user))
    ])
    error_message = "Each service account is a user principal name, such as \"svc-backup@contoso.com\", or an object id."
  }

  validation {
    condition     = length(distinct([for user in values(var.service_accounts) : lower(user)])) == length(var.service_accounts)
    error_message = "No service account may be there under two names."
  }
}
