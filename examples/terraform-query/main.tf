# Writes the configuration of what a tenant has already, with Terraform 1.14 and
# newer:
#
#   terraform query -generate-config-out=generated.tf
#   terraform apply
#
# Read generated.tf before you apply it. It imports what was found and changes
# nothing in the tenant.

terraform {
  required_version = ">= 1.5"

  required_providers {
    entraid = {
      source = "tenantsettings/entraid"
    }
  }
}

# How to sign in comes from environment variables or from "az login".
provider "entraid" {}
