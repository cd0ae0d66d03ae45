terraform {
  required_version = ">= 1.5"

  required_providers {
    entraid = {
      source = "tenantsettings/entraid"
    }
  }
}
