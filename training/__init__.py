"""What is learned outside the product: scripts that make the numbers it ships."""
