"""The provider adapters: one folder per vendor, which alone knows that vendor's signing, fields, limits and errors."""
