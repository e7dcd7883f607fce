"""Small models, each exercising one thing that tracers get wrong; `catalogue.MODELS` lists them."""
