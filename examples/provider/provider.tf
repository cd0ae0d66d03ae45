terraform {
  required_providers {
    entraid = {
      source = "tenantsettings/entraid"
    }
  }
}

# How to sign in comes from the environment: ARM_TENANT_ID, ARM_CLIENT_ID and
# ARM_CLIENT_SECRET for an application, or "az login" for a user. The
# self-service password reset policy takes a user in any case: that of
# "az login", or the one of ENTRAID_PORTAL_REFRESH_TOKEN.
provider "entraid" {}
