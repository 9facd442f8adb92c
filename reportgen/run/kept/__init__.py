"""What is kept between builds, and what each step depends on."""
