"""Words that carry the sentence, not the problem: for each language, with accents folded.

Besides articles, pronouns and auxiliaries the lists hold the courtesies of a support ticket
(hello, thanks, please, buenos días, por favor): every draft has them and no article is about them.
"""

from typing import Final

_EN = """
a about above after again against all also although always am an and another any anybody anyone
anything are aren arent around as at away be became because been before being below between both
but by came can cannot cant come comes could couldn couldnt did didn didnt do does doesn doesnt
doing don done dont down during each either else etc even ever every everyone everything few for
from further gave get gets getting give given go goes going gone got had hadn hadnt has hasn hasnt
have haven havent having he her here hers herself him himself his how however i id if ill im in
into is isn isnt it its itself ive just keep keeps know let lets like ll lot made make makes making
many may maybe me might mine more most much must my myself near need needs neither never no none
nor not now of off often ok okay on once one only onto or other others our ours ourselves out over
own perhaps please put quite rather re really same say says see seem seems seen several shall she
should shouldn shouldnt since so some somebody someone something sometimes somewhere still such
take taken takes tell than that thats the their theirs them themselves then there theres these they
theyre theyve thing things this those though through thus till to together too took toward towards
tried tries try trying under unless until up upon us use used uses using ve very via want wanted
wants was wasn wasnt way we well went were weren werent weve what whatever whats when whenever
where whether which while who whoever whole whom whose why will with within without won wont would
wouldn wouldnt yes yet you youd youll your youre yours yourself yourselves youve
hello hi hey dear thanks thank thankyou regards cheers sorry kindly appreciate appreciated
help hope hoping anyways anyway
"""

_ES = """
a aca acerca ademas ahi ahora al algo alguien algun alguna algunas alguno algunos alla alli ambos
ante antes aquel aquella aquellas aquello aquellos aqui asi aun aunque bajo bastante bien cabe cada
casi cierta ciertas cierto ciertos como con conmigo contigo contra cosa cosas cual cuales
cualquier cualquiera cuando cuanta cuantas cuanto cuantos da dado dan dar de debe deben debo decir
del demas demasiado dentro desde despues dice dicen dicho donde dos durante e el ella ellas ello
ellos embargo en encima entonces entre era eran eras eres es esa esas ese eso esos esta estaba
estaban estado estais estamos estan estar estas este esto estos estoy etc fin fue fuera fueron fui
ha haber habia habian habla hace hacen hacer hacia haciendo hago han has hasta hay haya he hecho
hemos hizo hola hoy igual incluso ir ja jamas junto la las le les lo los luego mas me mediante
mejor menos mi mia mias mientras mio mios mis misma mismas mismo mismos mucha muchas mucho muchos
muy nada nadie ni ningun ninguna ninguno no nos nosotras nosotros nuestra nuestras nuestro nuestros
nunca o os otra otras otro otros para parece pero poca pocas poco pocos podemos poder podes podria
podrian podrias podido podeis por porque pude pudo puede pueda puedan pueden puedes puedo pues que
queremos querer queres queria quiere quieren quieres quiero quien quienes quiza quizas realmente
sabe saben saber sabes se sea sean segun ser sera seria si sido siempre siendo sin sino sobre sois
solamente solo somos son soy su sus suya suyas suyo suyos tal tales tambien tampoco tan tanta tantas
tanto tantos te tendre tendria tenemos tener tenes tengo tenia tenido ti tiene tienen tienes toda
todas todavia todo todos tras tu tus tuve tuvo tuya tuyo u un una unas uno unos usted ustedes va
vais vamos van varias varios veces ver vez vos vosotras vosotros voy vuestra vuestro y ya yo
buenas buenos dias tardes noches gracias favor saludos saludo estimados estimado estimada cordial
ayuda ayudar ayudarme agradezco agradeceria disculpen disculpa perdon
"""

STOP_WORDS: Final[dict[str, frozenset[str]]] = {
    "en": frozenset(_EN.split()),
    "es": frozenset(_ES.split()),
}

# Courtesies and short frames belong to both lists when the language is unknown.
ALL_STOP_WORDS: Final[frozenset[str]] = STOP_WORDS["en"] | STOP_WORDS["es"]
