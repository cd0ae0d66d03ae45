// Package mockdirectory is a made-up Microsoft Entra tenant that answers over https on this machine:
// sign-in, Microsoft Graph and the back end of the portal's password reset pages, all at one address.
package mockdirectory
