"""What several views are made of: questions, answers, models, jobs, and pieces of the page."""
