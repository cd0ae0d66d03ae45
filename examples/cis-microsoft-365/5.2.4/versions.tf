terraform {
  required_version = ">= 1.5"

  required_providers {
    entraid = {
      source = "tenantsettings/entraid"
    }
  }
}

# Signs in with the environment: see the page on the provider.
provider "entraid" {}
