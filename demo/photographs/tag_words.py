"""The words that a photograph may be tagged with; a model's unknown ones are left out where they are used."""

from __future__ import annotations

_WORDS = """
man woman boy girl child baby people couple family crowd team friends bride dancer musician singer player runner
cyclist skier surfer swimmer climber worker cook police soldier clown
dog puppy cat horse cow sheep goat pig bird duck chicken fish elephant bear monkey zebra giraffe lion butterfly
car bus truck train tram bicycle bike motorcycle scooter boat sailboat canoe kayak ship airplane helicopter tractor
beach ocean sea waves lake river waterfall pool fountain mountain hill cliff rocks desert sand forest woods tree flower
garden park grass field farm road street sidewalk bridge tunnel city building tower skyscraper house castle church
temple market shop restaurant cafe bar kitchen bedroom bathroom office classroom library museum stadium station airport
stage stairs fence wall window door bench playground slide swing
snow ice rain fog clouds sky sunset sunrise night lights fire smoke shadow silhouette reflection
food bread cake pizza fruit apple banana orange vegetables salad soup meat sandwich breakfast dinner coffee beer wine
table chair sofa bed lamp computer laptop phone camera book newspaper umbrella bag backpack toy doll balloon kite ball
frisbee skateboard snowboard skis surfboard rope ladder flag sign mask helmet hat glasses sunglasses dress suit uniform
costume swimsuit jacket guitar drums piano microphone violin
running jumping swimming surfing skiing snowboarding skateboarding climbing hiking cycling riding racing fishing rowing
dancing singing playing soccer football basketball baseball tennis volleyball hockey rugby golf gymnastics wrestling
boxing eating drinking cooking reading writing sleeping smiling laughing kissing hugging walking sitting standing
shopping painting fighting wedding parade concert party picnic festival protest race game portrait
red orange yellow green blue purple pink brown white black
"""
PHOTO_WORDS = tuple(dict.fromkeys(_WORDS.split()))
